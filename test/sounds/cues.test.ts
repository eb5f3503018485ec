import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Cues } from '../../src/sounds/cues.ts';
import { Loudspeaker } from '../../src/sounds/loudspeaker.ts';
import { OpenMicrophone } from '../../src/sounds/open-microphone.ts';
import type { SoundName } from '../../src/sounds/sounds.ts';
import type { Utterance } from '../../src/utterance.ts';
import { pendingRequest } from '../support/request.ts';
import { utterance } from '../support/utterances.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(quiet = false) {
  const played: SoundName[] = [];
  const sounds = { play: (name: SoundName) => void played.push(name), close: async () => undefined };
  const microphone = new OpenMicrophone();
  const cues = new Cues({ sounds: () => sounds, quiet: () => quiet, microphone });
  const ends = (state: Utterance['state']): void =>
    cues.learn({ type: 'ended', utterance: utterance({ id: state, state }) });
  const listens = (now: boolean): void =>
    microphone.learn({ type: 'stage', stage: now ? 'listening' : 'idle', utterance: null });
  const asks = (): void => cues.learn({ type: 'requested', project: 'backend', request: pendingRequest() });
  return { cues, played, ends, listens, asks };
}

test('what happens while somebody speaks is heard afterwards, and once', () => {
  const { cues, played, ends, listens, asks } = setUp();
  listens(true);
  cues.learn({ type: 'opened' });
  for (const state of ['answered', 'failed'] as const) ends(state);
  asks();
  ends('answered');
  cues.learn({ type: 'listened' });
  expect(played).toEqual(['start', 'end']);
  listens(false);
  vi.advanceTimersByTime(200);
  expect(played).toHaveLength(2);
  vi.advanceTimersByTime(1_000);
  expect(played).toEqual(['start', 'end', 'asks']);
  ends('answered');
  expect(played.at(-1)).toBe('done');
});

test('somebody who speaks again is not disturbed', () => {
  const { played, ends, listens } = setUp();
  listens(true);
  ends('answered');
  listens(false);
  listens(true);
  vi.advanceTimersByTime(5_000);
  expect(played).toEqual([]);
  listens(false);
  vi.advanceTimersByTime(5_000);
  expect(played).toEqual(['done']);
});

test.each([
  [false, ['done', 'error', 'asks', 'asks', 'asks']],
  [true, ['error', 'asks', 'asks', 'asks']],
])('an end is heard, and what needs somebody; in quiet (%s) only what needs somebody', (quiet, heard) => {
  const { cues, played, ends, asks } = setUp(quiet);
  for (const state of ['answered', 'failed', 'cancelled', 'empty', 'interrupted'] as const) ends(state);
  asks();
  cues.learn({ type: 'reminded', request: pendingRequest() });
  cues.learn({ type: 'uncertain', utterance: utterance({ id: 'u' }) });
  expect(played).toEqual(heard);
});

test('a sound is in the air until shortly after its player has ended, and never for long', () => {
  const loudspeaker = new Loudspeaker();
  const start = performance.now();
  const over = loudspeaker.begin();
  vi.advanceTimersByTime(100);
  over();
  expect([-1, 0, 100, 250, 251].map((ms) => loudspeaker.audible(start + ms))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
  loudspeaker.begin();
  expect(loudspeaker.audible(performance.now() + 1_150)).toBe(true);
  expect(loudspeaker.audible(performance.now() + 1_151)).toBe(false);
});
