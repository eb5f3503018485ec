import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Watchdog } from '../../src/microphone/watchdog.ts';

it('calls once when nothing comes, and never after it was stopped', async () => {
  let calls = 0;
  const silent = new Watchdog(20, 20, () => {
    calls += 1;
  });
  const stopped = new Watchdog(20, 20, () => {
    calls += 100;
  });
  stopped.feed();
  stopped.stop();
  await delay(120);
  expect(calls).toBe(1);
  silent.stop();
});

it('calls when it is no longer fed', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const watchdog = new Watchdog(60_000, 30, resolve);
  watchdog.feed();
  watchdog.feed();
  await promise;
  watchdog.stop();
});

it('gives what waits to be read a chance after the event loop was blocked', async () => {
  let silent = false;
  const watchdog = new Watchdog(20, 60_000, () => {
    silent = true;
  });
  // Blocks for longer than the watchdog waits; the sound is "read" right after the timers.
  const end = performance.now() + 60;
  while (performance.now() < end);
  setImmediate(() => watchdog.feed());
  await delay(30);
  watchdog.stop();
  expect(silent).toBe(false);
});
