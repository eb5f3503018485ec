import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CodexSession, PendingRequest, SubmitOptions, TurnEvent } from '../../src/codex/codex.ts';
import type { Announcer } from '../../src/daemon/announcer.ts';
import { Delivery } from '../../src/daemon/delivery.ts';
import { LiveUtterance } from '../../src/daemon/live-utterance.ts';
import { VoiceError } from '../../src/errors.ts';
import { Journal } from '../../src/journal/journal.ts';
import { type TemporaryFolder, temporaryFolder, waitFor } from '../support/process.ts';
import { pendingRequest } from '../support/request.ts';

const logger = pino({ level: 'silent' });

/** A Codex that does what the test says with each prompt. */
class ScriptedSession {
  readonly prompts: string[] = [];
  readonly pending: PendingRequest[] = [];
  answer: (prompt: string, signal?: AbortSignal) => AsyncIterable<TurnEvent> = simply;

  submit(prompt: string, { signal }: SubmitOptions = {}): AsyncIterable<TurnEvent> {
    this.prompts.push(prompt);
    return this.answer(prompt, signal);
  }
}

async function* simply(prompt: string): AsyncGenerator<TurnEvent> {
  yield { type: 'accepted', turn: 't', at: performance.now() };
  yield { type: 'delta', text: 'about ', at: performance.now() };
  yield { type: 'delta', text: prompt, at: performance.now() };
  yield { type: 'completed', answer: `about ${prompt}`, at: performance.now() };
}

describe('delivery', () => {
  let folder: TemporaryFolder;
  let journal: Journal;
  let session: ScriptedSession;
  let delivery: Delivery;
  let told: string[];

  beforeEach(async () => {
    folder = await temporaryFolder();
    journal = Journal.open(join(folder.path, 'journal.sqlite'), { logger });
    session = new ScriptedSession();
    told = [];
    const announcer: Pick<Announcer, 'accepted' | 'delta' | 'ended' | 'timed' | 'trouble'> = {
      accepted: () => told.push('accepted'),
      delta: ({ answer }) => told.push(`delta:${answer}`),
      ended: async ({ state }) => {
        told.push(state);
        return performance.now();
      },
      timed: () => told.push('timed'),
      trouble: () => told.push('trouble'),
    };
    delivery = new Delivery({
      project: 'backend',
      session: async () => session as unknown as CodexSession,
      announcer: announcer as Announcer,
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
    expect(told).toEqual(['accepted', 'delta:about ', 'delta:about cats', 'answered', 'timed']);
    const record = journal.get(id);
    expect(record).toMatchObject({ state: 'answered', answer: 'about cats', error: null });
    expect(Object.keys(record?.timings ?? {})).toEqual(['delivery', 'first_token', 'answer', 'notify']);
  });

  it('sends one after the other, in order', async () => {
    const prompts = ['one', 'two', 'three', 'four'];
    for (const prompt of prompts) say(prompt);
    expect(delivery.queue.map(({ prompt }) => prompt)).toEqual(['two', 'three', 'four']);
    await waitFor('the last answer', () => told.filter((each) => each === 'answered').length === 4);
    expect(session.prompts).toEqual(prompts);
  });

  it('waits while a request of Codex is pending, and tries again when it is answered', async () => {
    const request = pendingRequest();
    session.pending.push(request);
    session.answer = async function* (prompt) {
      if (session.pending.length > 0) throw new VoiceError('approval-pending', 'Codex asks.', 'Answer it.');
      yield* simply(prompt);
    };
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
    session.answer = async function* (prompt) {
      tries += 1;
      if (tries === 1) throw new VoiceError('approval-pending', 'Codex asks.', 'Answer it.');
      yield* simply(prompt);
    };
    say('now');
    await delivery.settled();
    expect(tries).toBe(2);
  });

  it('keeps what Codex did not take, with the reason, and goes on with the next', async () => {
    session.answer = async function* (prompt) {
      if (prompt === 'bad') throw new VoiceError('codex-down', 'Codex is down.', 'Look at it.');
      yield* simply(prompt);
    };
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
});
