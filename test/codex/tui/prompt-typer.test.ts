import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SubmitOptions, TurnEvent } from '../../../src/agent/session.ts';
import { PromptTyper } from '../../../src/codex/tui/prompt-typer.ts';
import type { PromptTurn } from '../../../src/codex/turn.ts';
import { ACTIVE, FakePlace, IDLE, PROMPT } from '../../support/fake-place.ts';

describe('the delivery of a prompt', () => {
  let place: FakePlace;
  let typer: PromptTyper;
  beforeEach(() => {
    place = new FakePlace();
    typer = new PromptTyper(place);
  });

  async function typed(options: SubmitOptions): Promise<PromptTurn> {
    const turn = await typer.type(PROMPT, options);
    if (turn === null) throw new Error('it was not typed');
    return turn;
  }

  async function events(turn: PromptTurn): Promise<TurnEvent['type'][]> {
    const all: TurnEvent['type'][] = [];
    for await (const { type } of turn.events) all.push(type);
    return all;
  }

  it('is sent once', async () => {
    const marks: string[] = [];
    const turn = await typed({ beforeSend: (thread) => marks.push(thread) });
    expect(turn.id).toBe('turn');
    expect(place.entered).toEqual([PROMPT]);
    expect(marks).toEqual(['thread']);
  });

  it('is typed again when the terminal ends before Enter, and sent once', async () => {
    place.pasted = [() => place.restart()];
    await typed({});
    expect(place.entered).toEqual([PROMPT]);
  });

  it('is typed again when Codex begins something else before Enter, after that is over', async () => {
    place.pasted = [
      () => {
        place.status = ACTIVE;
      },
    ];
    const delivered = typed({});
    await expect.poll(() => place.cleared).toBe(1);
    expect(place.entered).toEqual([]);
    place.status = IDLE;
    place.change.notify();
    await delivered;
    expect(place.entered).toEqual([PROMPT]);
  });

  it('is not sent when its mark cannot be written', async () => {
    const beforeSend = (): void => {
      throw new Error('the disk is full');
    };
    await expect(typer.type(PROMPT, { beforeSend })).rejects.toThrow('the disk is full');
    expect(place.entered).toEqual([]);
    expect(place.cleared).toBe(1);
    expect(place.turns.size).toBe(0);
  });

  it('is found in the history when the server ends after Enter', async () => {
    place.sent = () => {
      place.phase = 'recovering';
      setImmediate(() => {
        place.phase = 'ready';
        place.change.notify();
      });
    };
    place.fate = { kind: 'accepted', turn: 'turn', state: 'answered', answer: 'Done.' };
    expect(await events(await typed({}))).toEqual(['accepted', 'delta', 'completed']);
  });

  it('was cut off when the history has it without an end', async () => {
    place.sent = () => {
      place.phase = 'recovering';
      setImmediate(() => {
        place.phase = 'ready';
        place.change.notify();
      });
    };
    place.fate = { kind: 'accepted', turn: 'turn', state: 'running', answer: '' };
    expect(await events(await typed({}))).toEqual(['accepted', 'interrupted']);
  });

  it('is unconfirmed when the terminal ends after Enter and nobody has it', async () => {
    place.sent = () => place.restart();
    await expect(typed({})).rejects.toMatchObject({ code: 'prompt-unconfirmed' });
    expect(place.entered).toEqual([PROMPT]);
  });

  it('that Enter leaves in the composer is not confirmed, and the error says why', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      place.sent = () => {
        place.draft = PROMPT;
      };
      const delivered = typed({}).catch((error: unknown) => error);
      await vi.waitFor(() => expect(place.entered).toEqual([PROMPT]));
      await vi.advanceTimersByTimeAsync(2_000);
      await vi.waitFor(() => expect(place.draft).toBe(PROMPT));
      expect(place.entered).toEqual([PROMPT, PROMPT]);
      await vi.advanceTimersByTimeAsync(20_000);
      expect(await delivered).toMatchObject({
        code: 'prompt-unconfirmed',
        message: expect.stringContaining('Enter left it in the composer'),
        hint: expect.stringContaining('[tui.keymap]'),
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it('is sent by a second Enter when the terminal swallowed the first', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      place.sent = () => {
        place.draft = PROMPT;
        place.sent = () => place.accept();
      };
      const marks: string[] = [];
      const delivered = typed({ beforeSend: (thread) => marks.push(thread) });
      await vi.waitFor(() => expect(place.entered).toEqual([PROMPT]));
      await vi.advanceTimersByTimeAsync(2_000);
      expect((await delivered).id).toBe('turn');
      expect(place.entered).toEqual([PROMPT, PROMPT]);
      expect(marks).toEqual(['thread']);
      expect(place.cleared).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('gets no second Enter once Codex asks for something or works', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      place.sent = () => {
        place.draft = PROMPT;
        place.status = ACTIVE;
      };
      const delivered = typed({}).catch((error: unknown) => error);
      await vi.waitFor(() => expect(place.entered).toEqual([PROMPT]));
      await vi.advanceTimersByTimeAsync(20_000);
      expect(await delivered).toMatchObject({ code: 'prompt-unconfirmed' });
      expect(place.entered).toEqual([PROMPT]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that a slow terminal sends at the last moment is not taken for one that was not sent', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      // Nobody hears of it in time; ended at last, the terminal has sent it.
      place.sent = () => undefined;
      place.ended = () => setTimeout(() => place.accept(), 100);
      const delivered = typed({});
      await vi.waitFor(() => expect(place.entered).toEqual([PROMPT]));
      await vi.advanceTimersByTimeAsync(20_000);
      expect((await delivered).id).toBe('turn');
      expect(place.cleared).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });
});
