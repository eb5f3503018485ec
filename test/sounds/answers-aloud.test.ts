import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Fact } from '../../src/facts.ts';
import { AnswersAloud } from '../../src/sounds/answers-aloud.ts';
import { Loudspeaker } from '../../src/sounds/loudspeaker.ts';
import { OpenMicrophone } from '../../src/sounds/open-microphone.ts';
import { SharedVoice, type Voice } from '../../src/sounds/voice.ts';
import type { Utterance } from '../../src/utterance.ts';
import { utterance } from '../support/utterances.ts';

/** The end of an utterance with this answer. */
function answered(record: Pick<Utterance, 'answer'>): Fact {
  return { type: 'ended', utterance: utterance({ id: 'u', state: 'answered', ...record }) };
}

/** A voice that reads until it is stopped, or until `finish`. */
function setUp(enabled = true) {
  const said: string[] = [];
  let finish = (): void => undefined;
  const voice: Voice = {
    program: '/usr/bin/voice',
    say: (text, signal) => {
      said.push(text);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      finish = () => resolve(true);
      signal.addEventListener('abort', () => {
        said.push('stopped');
        resolve(false);
      });
      return promise;
    },
  };
  const loudspeaker = new Loudspeaker();
  const shared = new SharedVoice(async () => voice, loudspeaker);
  const logger = pino({ level: 'silent' });
  const microphone = new OpenMicrophone();
  const aloud = new AnswersAloud({
    enabled: () => enabled,
    quiet: () => false,
    microphone,
    voice: () => shared.find(),
    logger,
  });
  return { aloud, microphone, said, shared, loudspeaker, finish: () => finish() };
}

test('reads the first sentence, and is silent at the next key press at once', async () => {
  const { aloud, microphone, said, loudspeaker } = setUp();
  aloud.learn(answered({ answer: 'All the **tests** pass.\n\n```\ncode\n```' }));
  await setImmediate();
  expect(said).toEqual(['All the tests pass.']);
  expect(loudspeaker.audible(performance.now() + 60_000)).toBe(true);
  microphone.learn({ type: 'opening' });
  expect(said).toEqual(['All the tests pass.', 'stopped']);
  await setImmediate();
  expect(loudspeaker.audible(performance.now() + 151)).toBe(false);
  aloud.learn(answered({ answer: 'Not while somebody speaks.' }));
  microphone.learn({ type: 'stage', stage: 'idle', utterance: null });
  await setImmediate();
  expect(said).toHaveLength(2);
});

test('a newer answer is read instead of an older one', async () => {
  const { aloud, said } = setUp();
  aloud.learn(answered({ answer: 'This is the first answer.' }));
  await setImmediate();
  aloud.learn(answered({ answer: 'This is the second answer.' }));
  await setImmediate();
  expect(said).toEqual(['This is the first answer.', 'stopped', 'This is the second answer.']);
});

test('says nothing where it is off, where there are no words, and when it is closed', async () => {
  const off = setUp(false);
  off.aloud.learn(answered({ answer: 'All the tests pass.' }));
  const { aloud, said } = setUp();
  aloud.learn(answered({ answer: '```\ncode\n```' }));
  aloud.learn(answered({ answer: null }));
  aloud.close();
  aloud.learn(answered({ answer: 'All the tests pass.' }));
  await setImmediate();
  expect([...off.said, ...said]).toEqual([]);
});

test('two texts are read one after the other; one that was stopped before its turn is not read', async () => {
  const { shared, said, finish } = setUp();
  const voice = await shared.find();
  const never = new AbortController().signal;
  const first = voice?.say('first', never);
  const second = voice?.say('second', AbortSignal.abort());
  const third = voice?.say('third', never);
  await setImmediate();
  expect(said).toEqual(['first']);
  finish();
  expect(await first).toBe(true);
  expect(await second).toBe(false);
  await setImmediate();
  expect(said).toEqual(['first', 'third']);
  finish();
  expect(await third).toBe(true);
});

test('a voice that fails costs one answer, and neither the next one nor the daemon', async () => {
  const said: string[] = [];
  const fails = [true, true, false];
  const voice: Voice = {
    program: '/usr/bin/voice',
    say: async (text) => {
      if (fails[said.push(text) - 1]) throw new Error('the sound server is gone');
      return true;
    },
  };
  const shared = new SharedVoice(async () => voice, new Loudspeaker());
  const logger = pino({ level: 'silent' });
  const aloud = new AnswersAloud({
    enabled: () => true,
    quiet: () => false,
    microphone: new OpenMicrophone(),
    voice: () => shared.find(),
    logger,
  });
  for (const answer of [
    'This is the first answer.',
    'This is the second answer.',
    'This is the third answer.',
  ]) {
    aloud.learn(answered({ answer }));
    await setImmediate();
  }
  expect(said).toEqual([
    'This is the first answer.',
    'This is the second answer.',
    'This is the third answer.',
  ]);
});

test('a voice that cannot be looked for costs one answer', async () => {
  const lines: string[] = [];
  const logger = pino({}, { write: (line) => void lines.push(line) });
  const voice = () => Promise.reject(new Error('PATH cannot be read'));
  const aloud = new AnswersAloud({
    enabled: () => true,
    quiet: () => false,
    microphone: new OpenMicrophone(),
    voice,
    logger,
  });
  // An unhandled rejection would fail the run of the tests as well.
  aloud.learn(answered({ answer: 'This is the first answer.' }));
  await setImmediate();
  expect(lines).toEqual([expect.stringContaining('an answer could not be read aloud')]);
});
