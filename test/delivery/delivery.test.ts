import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PendingRequest } from '../../src/agent/requests.ts';
import type {
  KnownPrompt,
  PromptFate,
  SessionState,
  SubmitOptions,
  TurnEvent,
} from '../../src/agent/session.ts';
import { Delivery } from '../../src/delivery/delivery.ts';
import type { DeliverySession } from '../../src/delivery/fate.ts';
import { VoiceError } from '../../src/errors.ts';
import { Bus, type Fact } from '../../src/facts.ts';
import { Journal } from '../../src/journal/journal.ts';
import { LiveUtterance } from '../../src/journal/live-utterance.ts';
import { type TemporaryFolder, temporaryFolder, waitFor } from '../support/process.ts';
import { pendingRequest } from '../support/request.ts';

const logger = pino({ level: 'silent' });

/** A Codex that does what the test says with each prompt. */
class ScriptedSession implements DeliverySession {
  readonly prompts: string[] = [];
  readonly pending: PendingRequest[] = [];
  readonly modes: SubmitOptions['mode'][] = [];
  answer: (prompt: string, signal?: AbortSignal) => AsyncIterable<TurnEvent> = simply;
  /** What Codex knows of a prompt that may have been sent. */
  fate: PromptFate = { kind: 'absent' };
  /** Fails before the key that sends the prompt. */
  refuse: (prompt: string) => VoiceError | null = () => null;
  interrupted = 0;
  readonly status: { state: SessionState } = { state: 'idle' };
  /** What was asked about the fate of prompts. */
  readonly lookedUp: { prompt: string; thread: string; others: readonly KnownPrompt[] }[] = [];

  async *submit(prompt: string, { signal, mode, beforeSend }: SubmitOptions = {}): AsyncGenerator<TurnEvent> {
    this.prompts.push(prompt);
    this.modes.push(mode);
    const refusal = this.refuse(prompt);
    if (refusal) throw refusal;
    beforeSend?.('thread');
    yield* this.answer(prompt, signal);
  }

  async start(): Promise<void> {}

  async fateOf(
    prompt: string,
    thread: string,
    _since: Date,
    others: readonly KnownPrompt[] = [],
  ): Promise<PromptFate> {
    this.lookedUp.push({ prompt, thread, others });
    return this.fate;
  }

  async interrupt(): Promise<boolean> {
    this.interrupted += 1;
    return true;
  }
}

async function* simply(prompt: string): AsyncGenerator<TurnEvent> {
  yield { type: 'accepted', turn: 't', at: performance.now() };
  yield { type: 'delta', text: 'about ', at: performance.now() };
  yield { type: 'delta', text: prompt, at: performance.now() };
  yield { type: 'completed', answer: `about ${prompt}`, at: performance.now() };
}

/** What the tests look at. */
function tell(fact: Fact): string | null {
  switch (fact.type) {
    case 'queued':
      return `queued:${fact.ahead}`;
    case 'activity':
      return `${fact.utterance.id}:${fact.activity.text}`;
    case 'delta':
      return `delta:${fact.utterance.answer}`;
    case 'ended':
      return fact.utterance.state;
    case 'queue':
      return null;
    default:
      return fact.type;
  }
}

describe('delivery', () => {
  let folder: TemporaryFolder;
  let journal: Journal;
  let session: ScriptedSession;
  let delivery: Delivery;
  let told: string[];
  let whenBusy: 'queue' | 'steer' | 'interrupt';

  beforeEach(async () => {
    folder = await temporaryFolder();
    journal = Journal.open(join(folder.path, 'journal.sqlite'), { logger });
    session = new ScriptedSession();
    told = [];
    whenBusy = 'queue';
    const bus = new Bus(logger);
    bus.subscribe('test', (fact) => {
      const what = tell(fact);
      if (what !== null) told.push(what);
      return fact.type === 'ended' ? Promise.resolve(performance.now()) : undefined;
    });
    delivery = new Delivery({
      project: 'backend',
      session: async () => session,
      status: () => session.status,
      bus,
      whenBusy: () => whenBusy,
      journal,
      logger,
    });
  });
  afterEach(async () => {
    await delivery.close();
    journal.close();
    await folder.remove();
  });

  function say(prompt: string): LiveUtterance {
    const live = LiveUtterance.begin(journal, 'cli', 'backend', { state: 'heard', prompt });
    live.stopwatch.mark('textAt');
    delivery.enqueue(live);
    return live;
  }

  it('journals each step and tells it', async () => {
    const { id } = say('cats');
    await delivery.settled();
    expect(told).toEqual(['accepted', 'delta:about ', 'delta:about cats', 'answered', 'timings']);
    const record = journal.get(id);
    expect(record).toMatchObject({ state: 'answered', answer: 'about cats', error: null });
    expect(Object.keys(record?.timings ?? {})).toEqual(['delivery', 'first_token', 'answer', 'notify']);
  });

  it('sends one after the other, in order', async () => {
    const prompts = ['one', 'two', 'three', 'four'];
    for (const prompt of prompts) say(prompt);
    expect(delivery.entries.map(({ prompt, state }) => `${prompt} ${state}`)).toEqual([
      'one sending',
      'two queued',
      'three queued',
      'four queued',
    ]);
    expect(told).toEqual(['queued:1', 'queued:2', 'queued:3']);
    await waitFor('the last answer', () => told.filter((each) => each === 'answered').length === 4);
    expect(session.prompts).toEqual(prompts);
  });

  describe('a prompt that was misheard', () => {
    /** Codex works on the first prompt until it is interrupted. */
    const untilInterrupted = (): void => {
      const interrupted = Promise.withResolvers<void>();
      session.interrupt = async () => {
        session.interrupted += 1;
        interrupted.resolve();
        return true;
      };
      session.answer = async function* (prompt) {
        if (prompt !== 'cube control') {
          yield* simply(prompt);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 60));
        yield { type: 'accepted', turn: 't', at: performance.now() };
        await interrupted.promise;
        yield { type: 'interrupted', answer: '', at: performance.now() };
      };
    };
    const begin = (prompt: string) => () =>
      LiveUtterance.begin(journal, 'hotkey', 'backend', { state: 'heard', prompt });

    it('is interrupted, also before Codex has accepted it; the new one is next, in the journal too', async () => {
      untilInterrupted();
      const first = say('cube control');
      const other = say('later');
      const next = delivery.replace(first.id, begin('kubectl'));
      delivery.resume();
      expect(delivery.entries.map(({ prompt }) => prompt)).toEqual(['cube control', 'kubectl', 'later']);
      const places = [first, next, other].map(({ id }) => journal.queue((queue) => queue.position(id)));
      expect(places).toEqual([0, 1, 2]);
      await waitFor('the last answer', () => journal.get(other.id)?.state === 'answered');
      expect(session.prompts).toEqual(['cube control', 'kubectl', 'later']);
      expect(session.interrupted).toBe(1);
      expect(journal.get(first.id)?.state).toBe('interrupted');
      expect(journal.get(next.id)?.state).toBe('answered');
    });

    it('that has ended is not interrupted', async () => {
      const first = say('done');
      await delivery.settled();
      const next = delivery.replace(first.id, begin('kubectl'));
      delivery.resume();
      await waitFor('the answer', () => journal.get(next.id)?.state === 'answered');
      expect(session.interrupted).toBe(0);
    });

    it('is not replaced when the journal fails', async () => {
      const first = say('done');
      await delivery.settled();
      const fail = (): never => {
        throw new VoiceError('journal-failed', 'It failed.', 'None.');
      };
      expect(() => delivery.replace(first.id, fail)).toThrow('It failed.');
      expect(delivery.entries).toEqual([]);
    });

    it('is changed in place while it waits', async () => {
      untilInterrupted();
      const first = say('cube control');
      const other = say('parse coffee');
      expect(delivery.amend(first.id, { prompt: 'no', changes: [] })).toBe(false);
      expect(delivery.amend(other.id, { prompt: 'parse config', changes: [] })).toBe(true);
      expect(journal.get(other.id)?.prompt).toBe('parse config');
      delivery.takeBack(first.id);
      await waitFor('the answer', () => journal.get(other.id)?.state === 'answered');
      expect(session.prompts).toEqual(['cube control', 'parse config']);
      expect(journal.get(first.id)?.state).toBe('interrupted');
    });

    it('is dropped while it waits, and shown as not sent', async () => {
      untilInterrupted();
      const first = say('cube control');
      const other = say('later');
      delivery.takeBack(other.id);
      expect(journal.get(other.id)?.state).toBe('cancelled');
      expect(told).toContain('not-sent');
      expect(() => delivery.takeBack('gone')).toThrow(expect.objectContaining({ code: 'not-found' }));
      delivery.takeBack(first.id);
      await delivery.settled();
    });
  });

  it('waits while a request of Codex is pending, and tries again when it is answered', async () => {
    const request = pendingRequest();
    session.pending.push(request);
    session.refuse = () =>
      session.pending.length > 0 ? new VoiceError('approval-pending', 'Codex asks.', 'Answer it.') : null;
    const { id } = say('later');
    await waitFor('the first try', () => session.prompts.length === 1);
    expect(journal.get(id)?.state).toBe('heard');
    session.pending.pop();
    delivery.retry();
    await delivery.settled();
    expect(session.prompts).toEqual(['later', 'later']);
    expect(journal.get(id)?.state).toBe('answered');
  });

  it('does not wait for a request that was answered in the same moment', async () => {
    let tries = 0;
    session.refuse = () => {
      tries += 1;
      return tries === 1 ? new VoiceError('approval-pending', 'Codex asks.', 'Answer it.') : null;
    };
    say('now');
    await delivery.settled();
    expect(tries).toBe(2);
  });

  it('keeps what Codex did not take, with the reason, and goes on with the next', async () => {
    session.refuse = (prompt) =>
      prompt === 'bad' ? new VoiceError('codex-down', 'Codex is down.', 'Look at it.') : null;
    const bad = say('bad');
    const good = say('good');
    await waitFor('the second answer', () => told.includes('answered'));
    expect(journal.get(bad.id)).toMatchObject({
      state: 'failed',
      prompt: 'bad',
      error: { code: 'codex-down' },
    });
    expect(journal.get(good.id)?.state).toBe('answered');
  });

  it('keeps the partial answer of a turn that failed or was interrupted', async () => {
    session.answer = async function* (prompt) {
      yield { type: 'accepted', turn: 't', at: 0 };
      yield { type: 'delta', text: 'half', at: 1 };
      const error = { code: 'turn-failed', message: 'The model is gone.', hint: 'Ask again.' } as const;
      if (prompt === 'fail') yield { type: 'failed', answer: 'half', error, at: 2 };
      else yield { type: 'interrupted', answer: 'half', at: 2 };
    };
    const failed = say('fail');
    const interrupted = say('stop');
    await waitFor('both ends', () => told.includes('interrupted'));
    expect(journal.get(failed.id)).toMatchObject({
      state: 'failed',
      answer: 'half',
      error: { code: 'turn-failed' },
    });
    expect(journal.get(interrupted.id)).toMatchObject({ state: 'interrupted', answer: 'half', error: null });
  });

  it('leaves the queue in the journal when it closes, and says what became of the turn under way', async () => {
    session.answer = async function* (_prompt, signal) {
      yield { type: 'accepted', turn: 't', at: 0 };
      yield { type: 'delta', text: 'so far', at: 1 };
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      signal?.throwIfAborted();
    };
    const running = say('running');
    const waiting = say('waiting');
    await waitFor('the delta', () => told.includes('delta:so far'));
    await delivery.close();
    expect(journal.get(running.id)).toMatchObject({
      state: 'interrupted',
      answer: 'so far',
      error: { code: 'daemon-failed' },
    });
    expect(journal.get(waiting.id)?.state).toBe('heard');
    expect(journal.unfinished().map(({ id }) => id)).toEqual([waiting.id]);
  });

  it('exchanges its session only between two prompts', async () => {
    const order: string[] = [];
    session.answer = async function* (prompt) {
      yield { type: 'accepted', turn: 't', at: 0 };
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push(prompt);
      yield { type: 'completed', answer: '', at: 1 };
    };
    say('first');
    const pausing = delivery.pause(async () => {
      order.push('exchange');
    });
    say('second');
    await pausing;
    await waitFor('the second', () => order.length === 3);
    expect(order).toEqual(['first', 'exchange', 'second']);
  });

  /** Codex dies right after the key that sends the prompt, so many times. */
  function dieAfterSending(times: number): void {
    let left = times;
    session.answer = async function* (prompt) {
      left -= 1;
      if (left >= 0) throw new VoiceError('prompt-unconfirmed', 'Codex did not confirm the prompt.', 'Look.');
      yield* simply(prompt);
    };
  }

  it('sends again what surely was not sent', async () => {
    dieAfterSending(1);
    const { id } = say('once');
    await delivery.settled();
    expect(session.prompts).toEqual(['once', 'once']);
    expect(journal.get(id)).toMatchObject({ state: 'answered', answer: 'about once' });
    expect(journal.queue((queue) => queue.sentMark(id))).toBeNull();
  });

  it('tries again when Codex died while it was starting', async () => {
    let starts = 0;
    const submit = session.submit.bind(session);
    session.submit = (prompt, options) => {
      starts += 1;
      if (starts === 1) throw new Error('thread/resume: the connection to Codex is closed');
      return submit(prompt, options);
    };
    const { id } = say('patience');
    await delivery.settled();
    expect(journal.get(id)?.state).toBe('answered');
  });

  it('says after the third time that it cannot be sent', async () => {
    dieAfterSending(9);
    const { id } = say('never');
    await delivery.settled();
    expect(session.prompts).toHaveLength(3);
    expect(journal.get(id)).toMatchObject({ state: 'failed', error: { code: 'prompt-unconfirmed' } });
    expect(session.lookedUp).toHaveLength(3);
  });

  it('looks the last try up too before it says that it was not sent', async () => {
    dieAfterSending(9);
    session.fateOf = async () => {
      return session.prompts.length < 3
        ? { kind: 'absent' }
        : { kind: 'accepted', turn: 't', state: 'answered', answer: 'yes' };
    };
    const { id } = say('at last');
    await delivery.settled();
    expect(session.prompts).toHaveLength(3);
    expect(journal.get(id)).toMatchObject({ state: 'answered', answer: 'yes', error: null });
  });

  /** A prompt that Codex had accepted when the daemon was killed in the middle of its answer. */
  function acceptedBefore(): LiveUtterance {
    const live = LiveUtterance.begin(journal, 'cli', 'backend', {
      state: 'accepted',
      prompt: 'before',
      answer: 'half of',
    });
    journal.queue((queue) => queue.sent(live.id, { thread: 'thread', at: new Date() }));
    return live;
  }

  it.each([
    ['is not in the conversation', { kind: 'absent' }],
    ['cannot be looked up', { kind: 'unknown', reason: { code: 'codex-down', message: 'Gone.', hint: '' } }],
    ['was cut off', { kind: 'accepted', turn: 't', state: 'interrupted', answer: '' }],
  ] as const)('never sends again what Codex had accepted, when it %s', async (_, fate) => {
    session.fate = fate;
    const live = acceptedBefore();
    delivery.takeUp(live);
    await delivery.settled();
    expect(session.prompts).toEqual([]);
    expect(journal.get(live.id)).toMatchObject({
      state: 'interrupted',
      answer: 'half of',
      error: { code: 'codex-down', hint: expect.stringContaining(`queue send ${live.id.slice(0, 8)}`) },
    });
    expect(told).toContain('interrupted');
  });

  it('takes over the whole answer of what was finished meanwhile', async () => {
    session.fate = { kind: 'accepted', turn: 't', state: 'answered', answer: 'half of it, and the rest' };
    const live = acceptedBefore();
    delivery.takeUp(live);
    await delivery.settled();
    expect(journal.get(live.id)).toMatchObject({ state: 'answered', answer: 'half of it, and the rest' });
  });

  it('never sends again what a version without marks had sent', async () => {
    const live = LiveUtterance.begin(journal, 'cli', 'backend', { state: 'accepted', prompt: 'old' });
    delivery.takeUp(live);
    await delivery.settled();
    expect(session.prompts).toEqual([]);
    expect(journal.get(live.id)).toMatchObject({ state: 'interrupted', error: { code: 'codex-down' } });
  });

  it('waits for a turn that runs, also when it ends while the conversation is read', async () => {
    session.status.state = 'working';
    const fates: PromptFate['kind'][] = [];
    session.fateOf = async () => {
      fates.push('accepted');
      session.status.state = 'idle';
      const state = fates.length === 1 ? 'running' : 'answered';
      return { kind: 'accepted', turn: 't', state, answer: state === 'answered' ? 'whole' : '' };
    };
    const live = acceptedBefore();
    delivery.takeUp(live);
    await delivery.settled();
    expect(fates).toHaveLength(2);
    expect(journal.get(live.id)).toMatchObject({ state: 'answered', answer: 'whole' });
  });

  it('tells the same words of others apart by their turns', async () => {
    say('yes');
    await delivery.settled();
    const again = LiveUtterance.begin(journal, 'cli', 'backend', { state: 'heard', prompt: 'yes' });
    journal.queue((queue) => queue.sent(again.id, { thread: 'thread', at: new Date() }));
    delivery.takeUp(again);
    await delivery.settled();
    expect(session.lookedUp).toEqual([
      { prompt: 'yes', thread: 'thread', others: [{ turn: 't', prompt: 'yes' }] },
    ]);
    expect(journal.get(again.id)?.state).toBe('answered');
  });

  it.each([
    ['answered', 'answered', null],
    ['interrupted', 'interrupted', 'codex-down'],
    ['failed', 'failed', 'codex-down'],
    ['running', 'interrupted', 'codex-down'],
  ] as const)('takes over what Codex has: %s', async (state, ending, code) => {
    dieAfterSending(1);
    session.fate = { kind: 'accepted', turn: 't', state, answer: 'the answer' };
    const { id } = say('sent');
    await delivery.settled();
    expect(session.prompts).toEqual(['sent']);
    const record = journal.get(id);
    expect(record).toMatchObject({ state: ending, answer: 'the answer' });
    expect(record?.error?.code ?? null).toBe(code);
    expect(told).toContain(ending);
  });

  it('asks the person when nobody can know, and goes on with the next', async () => {
    dieAfterSending(1);
    session.fate = { kind: 'unknown', reason: { code: 'codex-down', message: 'It is gone.', hint: '' } };
    const { id } = say('perhaps');
    const next = say('next');
    await waitFor('the next', () => told.includes('answered'));
    expect(journal.get(id)).toMatchObject({ state: 'heard', error: { code: 'prompt-uncertain' } });
    expect(journal.get(next.id)?.state).toBe('answered');
    expect(told).toContain('uncertain');
    expect(delivery.entries).toEqual([{ id, project: 'backend', prompt: 'perhaps', state: 'uncertain' }]);
    expect(delivery.sendUncertain('another')).toBe(false);
    expect(delivery.sendUncertain(id)).toBe(true);
    await delivery.settled();
    expect(journal.get(id)).toMatchObject({ state: 'answered', error: null });
    expect(session.prompts).toEqual(['perhaps', 'next', 'perhaps']);
  });

  it('drops what waits or is uncertain, and sends nothing of it', async () => {
    session.answer = async function* (prompt, signal) {
      yield { type: 'accepted', turn: 't', at: 0 };
      if (prompt === 'long') await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    };
    const long = say('long');
    const waiting = say('waiting');
    await waitFor('the first', () => told.includes('accepted'));
    delivery.drop(waiting.id);
    expect(journal.get(waiting.id)?.state).toBe('cancelled');
    expect(() => delivery.drop(long.id)).toThrow('is already being sent');
    expect(() => delivery.drop('another')).toThrow('No queued prompt');
    expect(delivery.entries.map(({ id }) => id)).toEqual([long.id]);
  });

  it('sends in the order that was asked for, also after a restart', async () => {
    session.answer = async function* (_prompt, signal) {
      yield { type: 'accepted', turn: 't', at: 0 };
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    };
    const first = say('first');
    const [a, b, c] = [say('a'), say('b'), say('c')];
    delivery.move(c.id, 1);
    delivery.move(a.id, 99);
    const order = [c.id, b.id, a.id];
    expect(delivery.entries.map(({ id }) => id).slice(1)).toEqual(order);
    // What is under way comes first: a crash gives it back to the queue.
    const places = [first.id, ...order].map((id) => journal.queue((queue) => queue.position(id)));
    expect(places).toEqual([0, 1, 2, 3]);
  });

  it('looks up what an earlier run has perhaps sent', async () => {
    const live = LiveUtterance.begin(journal, 'cli', 'backend', { state: 'heard', prompt: 'before' });
    journal.queue((queue) => queue.sent(live.id, { thread: 'thread', at: new Date() }));
    session.fate = { kind: 'accepted', turn: 't', state: 'answered', answer: 'known' };
    delivery.takeUp(live);
    await delivery.settled();
    expect(session.prompts).toEqual([]);
    expect(journal.get(live.id)).toMatchObject({ state: 'answered', answer: 'known' });
  });

  it('types into the running turn, or interrupts it, when that is wanted', async () => {
    const finish = Promise.withResolvers<void>();
    session.answer = async function* (prompt) {
      yield { type: 'accepted', turn: 't', at: 0 };
      if (prompt === 'long') await finish.promise;
      yield { type: 'completed', answer: 'done', at: 1 };
    };
    say('long');
    await waitFor('the turn', () => told.includes('accepted'));
    whenBusy = 'steer';
    const steered = say('and this');
    await waitFor('its answer', () => journal.get(steered.id)?.state === 'answered');
    expect(session.modes).toEqual(['turn', 'steer']);
    whenBusy = 'interrupt';
    say('instead');
    await waitFor('the interrupt', () => session.interrupted === 1);
    finish.resolve();
    await delivery.settled();
    expect(session.prompts).toEqual(['long', 'and this', 'instead']);
  });

  it.each(['steer', 'interrupt'] as const)(
    'does so too with a turn of the person at the terminal: %s',
    async (how) => {
      session.status.state = 'working';
      whenBusy = how;
      const { id } = say('and this');
      await waitFor('its answer', () => journal.get(id)?.state === 'answered');
      expect(session.modes).toEqual([how === 'steer' ? 'steer' : 'turn']);
      expect(session.interrupted).toBe(how === 'interrupt' ? 1 : 0);
    },
  );

  it('shows what is typed into the running turn, and is exchanged only after it', async () => {
    const taken = Promise.withResolvers<void>();
    session.answer = async function* (prompt) {
      await taken.promise;
      yield* simply(prompt);
    };
    session.status.state = 'working';
    whenBusy = 'steer';
    const { id } = say('and this');
    expect(delivery.entries).toMatchObject([{ id, state: 'sending' }]);
    const pausing = delivery.pause(async () => void told.push('exchanged'));
    taken.resolve();
    await pausing;
    expect(told.indexOf('exchanged')).toBeGreaterThan(told.indexOf('answered'));
    expect(delivery.entries).toEqual([]);
  });

  it('wakes all that wait for a decision', async () => {
    session.pending.push(pendingRequest());
    session.refuse = () =>
      session.pending.length > 0 ? new VoiceError('approval-pending', 'Codex asks.', 'Answer it.') : null;
    session.status.state = 'working';
    whenBusy = 'steer';
    const both = [say('one'), say('two')];
    await waitFor('both tries', () => session.prompts.length === 2);
    session.pending.pop();
    delivery.retry();
    await delivery.settled();
    expect(both.map(({ id }) => journal.get(id)?.state)).toEqual(['answered', 'answered']);
  });

  it('keeps what came of an answer at least every second', async () => {
    session.answer = async function* () {
      yield { type: 'accepted', turn: 't', at: 0 };
      yield { type: 'delta', text: 'one ', at: 10 };
      yield { type: 'delta', text: 'two ', at: 20 };
      yield { type: 'delta', text: 'three', at: 1_200 };
      await new Promise((resolve) => setTimeout(resolve, 50));
      yield { type: 'completed', answer: 'one two three', at: 1_300 };
    };
    const { id } = say('slow');
    await waitFor('the second flush', () => journal.get(id)?.answer === 'one two three');
    expect(journal.get(id)?.state).toBe('accepted');
    await delivery.settled();
  });
});
