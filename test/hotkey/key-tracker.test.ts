import { expect, it } from 'vitest';
import { KeyTracker } from '../../src/hotkey/x11/key-tracker.ts';

const SPACE = 65;

/** A tracker with a server that answers when it is told to, and what it reported. */
function tracked() {
  const seen: string[] = [];
  let waiting: (() => void)[] = [];
  const key = new KeyTracker({
    barrier: () => new Promise((resolve) => waiting.push(resolve)),
    press: (at) => seen.push(`press ${at}`),
    release: (at) => seen.push(`release ${at}`),
  });
  const answer = async (): Promise<void> => {
    for (const resolve of waiting) resolve();
    waiting = [];
    await Promise.resolve();
  };
  return { key, seen, answer };
}

it('reports a press at once and a release after the round trip, with the time of its receipt', async () => {
  const { key, seen, answer } = tracked();
  key.pressed({ keycode: SPACE, time: 100 }, 1);
  expect(seen).toEqual(['press 1']);
  key.released({ keycode: SPACE, time: 200 }, 2);
  expect(seen).toEqual(['press 1']);
  await answer();
  expect(seen).toEqual(['press 1', 'release 2']);
  expect(key.down).toBe(false);
});

it('takes release and press with the same server time for a repeat', async () => {
  const { key, seen, answer } = tracked();
  key.pressed({ keycode: SPACE, time: 100 }, 1);
  for (let repeat = 0; repeat < 40; repeat += 1) {
    key.released({ keycode: SPACE, time: 700 + repeat * 25 }, 2 + repeat);
    if (repeat % 2 === 0) {
      key.pressed({ keycode: SPACE, time: 700 + repeat * 25 }, 2 + repeat);
      await answer();
    } else {
      // Both were read before any answer came.
      key.pressed({ keycode: SPACE, time: 700 + repeat * 25 }, 2 + repeat);
    }
  }
  await answer();
  key.released({ keycode: SPACE, time: 5_000 }, 99);
  await answer();
  expect(seen).toEqual(['press 1', 'release 99']);
});

it('keeps two quick taps apart although the answer comes after both', async () => {
  const { key, seen, answer } = tracked();
  key.pressed({ keycode: SPACE, time: 100 }, 1);
  key.released({ keycode: SPACE, time: 110 }, 2);
  key.pressed({ keycode: SPACE, time: 120 }, 3);
  key.released({ keycode: SPACE, time: 130 }, 4);
  await answer();
  expect(seen).toEqual(['press 1', 'release 2', 'press 3', 'release 4']);
});

it('ignores another key of the chord, and a release without its press', async () => {
  const { key, seen, answer } = tracked();
  key.released({ keycode: SPACE, time: 50 }, 0);
  key.pressed({ keycode: SPACE, time: 100 }, 1);
  key.pressed({ keycode: 66, time: 110 }, 2);
  key.released({ keycode: 66, time: 120 }, 3);
  await answer();
  expect(seen).toEqual(['press 1']);
  expect(key.isDown(SPACE)).toBe(true);
});

it('lets a key go that was down when the keyboard was lost, once', async () => {
  const { key, seen, answer } = tracked();
  key.pressed({ keycode: SPACE, time: 100 }, 1);
  key.lost(7);
  key.lost(8);
  expect(seen).toEqual(['press 1', 'release 7']);
  key.pressed({ keycode: SPACE, time: 200 }, 9);
  key.released({ keycode: SPACE, time: 300 }, 10);
  key.lost(11);
  await answer();
  expect(seen).toEqual(['press 1', 'release 7', 'press 9', 'release 10']);
});

it('counts a release whose round trip failed', async () => {
  const seen: string[] = [];
  const key = new KeyTracker({
    barrier: () => Promise.reject(new Error('gone')),
    press: () => seen.push('press'),
    release: () => seen.push('release'),
  });
  key.pressed({ keycode: SPACE, time: 1 }, 1);
  key.released({ keycode: SPACE, time: 2 }, 2);
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toEqual(['press', 'release']);
});
