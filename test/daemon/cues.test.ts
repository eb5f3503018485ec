import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Cues } from '../../src/daemon/cues.ts';
import { Loudspeaker } from '../../src/reply/loudspeaker.ts';
import type { SoundName } from '../../src/reply/sounds.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function cues() {
  const played: SoundName[] = [];
  const sounds = { play: (name: SoundName) => void played.push(name), close: async () => undefined };
  return { cues: new Cues(() => sounds), played };
}

test('what happens while somebody speaks is heard afterwards, and once', () => {
  const { cues: all, played } = cues();
  all.listening(true);
  for (const name of ['start', 'done', 'error', 'asks', 'done', 'end'] as const) all.play(name);
  expect(played).toEqual(['start', 'end']);
  all.listening(false);
  vi.advanceTimersByTime(200);
  expect(played).toHaveLength(2);
  vi.advanceTimersByTime(1_000);
  expect(played).toEqual(['start', 'end', 'asks']);
  all.play('done');
  expect(played.at(-1)).toBe('done');
});

test('somebody who speaks again is not disturbed', () => {
  const { cues: all, played } = cues();
  all.listening(true);
  all.play('done');
  all.listening(false);
  all.listening(true);
  vi.advanceTimersByTime(5_000);
  expect(played).toEqual([]);
  all.listening(false);
  vi.advanceTimersByTime(5_000);
  expect(played).toEqual(['done']);
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
