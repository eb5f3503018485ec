import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PromptQueue } from '../../src/codex/prompt-queue.ts';
import type { TurnStart } from '../../src/codex/turn-starter.ts';
import { errorOf, VoiceError } from '../../src/errors.ts';
import { ACTIVE, FakePlace, IDLE, PROMPT } from '../support/fake-place.ts';

const TROUBLE = { code: 'codex-down', message: 'It cannot be opened.', hint: 'Install it.' } as const;

/** A Codex that takes what it is sent without the terminal. */
class FakeTurns implements TurnStart {
  readonly place: FakePlace;
  /** Everything that was sent. */
  sent: string[] = [];
  /** What `ready` does, in turn. */
  asked: (() => void)[] = [];
  /** What comes of a text. */
  takes = (): boolean => {
    this.place.accept();
    return true;
  };

  constructor(place: FakePlace) {
    this.place = place;
  }

  async ready(): Promise<void> {
    this.asked.shift()?.();
  }

  async send(thread: string, text: string): Promise<boolean> {
    expect(thread).toBe('thread');
    this.sent.push(text);
    return this.takes();
  }
}

describe('the way of a prompt', () => {
  let place: FakePlace;
  let turns: FakeTurns;
  let queue: PromptQueue;
  beforeEach(() => {
    place = new FakePlace();
    place.optional = true;
    turns = new FakeTurns(place);
    queue = new PromptQueue(place, turns);
  });

  it('is the terminal as long as it can be used', async () => {
    await queue.send(PROMPT, {});
    expect(place.entered).toEqual([PROMPT]);
    expect(turns.sent).toEqual([]);
  });

  it('is the app-server while the terminal is in trouble, and the terminal again afterwards', async () => {
    place.trouble = TROUBLE;
    const marks: string[] = [];
    await queue.send('!rm -rf /', { beforeSend: (thread) => marks.push(thread) });
    expect(turns.sent).toEqual(['!rm -rf /']);
    expect(marks).toEqual(['thread']);
    expect(place.entered).toEqual([]);
    place.trouble = null;
    await queue.send(PROMPT, {});
    expect(turns.sent).toHaveLength(1);
    expect(place.entered).toEqual([PROMPT]);
    expect(place.retries).toBe(2);
  });

  it('changes when the terminal shows no composer for long', async () => {
    vi.useFakeTimers();
    try {
      place.blank = true;
      const sent = queue.send(PROMPT, {});
      await vi.advanceTimersByTimeAsync(19_000);
      expect(turns.sent).toEqual([]);
      await vi.advanceTimersByTimeAsync(2_000);
      await sent;
      expect(turns.sent).toEqual([PROMPT]);
      expect(place.trouble?.message).toBe('The hidden terminal shows no prompt.');
    } finally {
      vi.useRealTimers();
    }
  });

  it('changes when the composer takes no text, and that text is gone first', async () => {
    vi.useFakeTimers();
    try {
      place.pasted = [() => (place.draft = '')];
      const sent = queue.send(PROMPT, {});
      await vi.advanceTimersByTimeAsync(6_000);
      await sent;
      expect(place.cleared).toBe(1);
      expect(place.entered).toEqual([]);
      expect(turns.sent).toEqual([PROMPT]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('changes when the terminal is given up before Enter', async () => {
    place.pasted = [
      () => {
        place.restart();
        place.trouble = TROUBLE;
      },
    ];
    await queue.send(PROMPT, {});
    expect(place.entered).toEqual([]);
    expect(turns.sent).toEqual([PROMPT]);
  });

  it('does not change after Enter: the history decides', async () => {
    vi.useFakeTimers();
    try {
      place.sent = () => {
        place.restart();
        place.trouble = TROUBLE;
      };
      const sent = queue.send(PROMPT, {}).catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(20_000);
      expect(await sent).toMatchObject({ code: 'prompt-unconfirmed' });
      expect(place.entered).toEqual([PROMPT]);
      expect(turns.sent).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is still the terminal where nothing else can send', async () => {
    vi.useFakeTimers();
    try {
      place.optional = false;
      place.blank = true;
      const sent = new PromptQueue(place, undefined).send(PROMPT, {}).catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(21_000);
      expect(await sent).toMatchObject({ code: 'codex-blocked' });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a prompt that is sent without the terminal', () => {
  let place: FakePlace;
  let turns: FakeTurns;
  let queue: PromptQueue;
  beforeEach(() => {
    place = new FakePlace();
    place.trouble = TROUBLE;
    turns = new FakeTurns(place);
    queue = new PromptQueue(place, turns);
  });

  it('waits for the one before it, and for the end of a turn', async () => {
    place.status = ACTIVE;
    const all = ['one', 'two', 'three'].map((prompt) => queue.send(prompt, {}));
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(turns.sent).toEqual([]);
    place.status = IDLE;
    place.change.notify();
    await Promise.all(all);
    expect(turns.sent).toEqual(['one', 'two', 'three']);
  });

  it('goes into the running turn when it steers', async () => {
    place.status = ACTIVE;
    await queue.send(PROMPT, { mode: 'steer' });
    expect(turns.sent).toEqual([PROMPT]);
  });

  it('is not sent while a request waits, and not before the folder is trusted', async () => {
    turns.asked = [
      () => {
        throw errorOf({ code: 'approval-pending', message: 'Codex waits for an approval.', hint: '' });
      },
    ];
    const marks: string[] = [];
    const beforeSend = (thread: string): void => void marks.push(thread);
    await expect(queue.send(PROMPT, { beforeSend })).rejects.toMatchObject({ code: 'approval-pending' });
    place.status = { type: 'active', activeFlags: ['waitingOnApproval'] };
    await expect(queue.send(PROMPT, { beforeSend, mode: 'steer' })).rejects.toMatchObject({
      code: 'approval-pending',
    });
    expect(turns.sent).toEqual([]);
    expect(marks).toEqual([]);
  });

  it('is not sent when its mark cannot be written', async () => {
    const beforeSend = (): void => {
      throw new Error('the disk is full');
    };
    await expect(queue.send(PROMPT, { beforeSend })).rejects.toThrow('the disk is full');
    expect(turns.sent).toEqual([]);
    expect(place.turns.size).toBe(0);
  });

  it('fails with the reason when Codex refuses it', async () => {
    turns.takes = () => {
      throw new VoiceError('codex-down', 'Codex refused turn/start: too long', 'Say less.');
    };
    await expect(queue.send(PROMPT, {})).rejects.toThrow('too long');
    expect(place.turns.size).toBe(0);
  });

  it.each(['ready', 'recovering'] as const)(
    'is looked up when Codex ends (then: %s), and only then it is known',
    async (phase) => {
      turns.takes = () => {
        place.phase = 'recovering';
        setTimeout(() => {
          place.phase = 'ready';
          place.change.notify();
        }, 50);
        if (phase === 'ready') place.phase = 'ready';
        return false;
      };
      if (phase === 'ready') vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
      try {
        const lost = queue.send(PROMPT, {}).catch((error: unknown) => error);
        if (phase === 'ready') await vi.advanceTimersByTimeAsync(11_000);
        expect(await lost).toMatchObject({ code: 'prompt-unconfirmed' });
        place.fate = { kind: 'accepted', turn: 'found', state: 'running', answer: '' };
        const found = queue.send(PROMPT, {});
        if (phase === 'ready') await vi.advanceTimersByTimeAsync(11_000);
        expect(await found).toMatchObject({ id: 'found', ended: true });
      } finally {
        vi.useRealTimers();
      }
    },
  );

  it('is waited for as long as its turn runs', async () => {
    vi.useFakeTimers();
    try {
      turns.takes = () => {
        place.status = ACTIVE;
        return true;
      };
      const sent = queue.send(PROMPT, {});
      await vi.advanceTimersByTimeAsync(60_000);
      place.accept();
      expect((await sent).id).toBe('turn');
      expect(turns.sent).toEqual([PROMPT]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is not lost sight of when the daemon ends: the next one has the mark', async () => {
    turns.takes = () => {
      place.status = ACTIVE;
      return true;
    };
    const closing = new AbortController();
    const marks: string[] = [];
    const beforeSend = (thread: string): void => void marks.push(thread);
    const sent = queue.send(PROMPT, { signal: closing.signal, beforeSend });
    setTimeout(() => closing.abort(new Error('it ends')), 30);
    await expect(sent).rejects.toThrow('it ends');
    expect(marks).toEqual(['thread']);
  });
});
