import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type CodexBench, codexBench, collect } from '../support/codex.ts';
import { waitFor } from '../support/process.ts';

let bench: CodexBench | undefined;
afterEach(() => bench?.close());

/** How long after the beginning of the turn it is interrupted, ms: before and after Codex has told its prompt. */
const AFTER_MS = [0, 0, 0, 3, 6];

test('a prompt that is interrupted at once was sent, and is not sent again', async () => {
  bench = await codexBench(() => ({ kind: 'text', chunks: ['never ', 'heard ', 'of'], delayMs: 1_000 }));
  const session = bench.session();
  await session.start();
  const times: number[] = [];
  for (const [number, after] of AFTER_MS.entries()) {
    const began = performance.now();
    const events = collect(session.submit(`prompt ${number}`));
    await waitFor('the turn', () => session.status.state === 'working', { every: 1 });
    await delay(after);
    await session.interrupt();
    const types = (await events).map(({ type }) => type).filter((type) => type !== 'delta');
    expect(types).toEqual(['accepted', 'interrupted']);
    times.push(performance.now() - began);
  }
  // The session did not wait 10 s for a message that does not come; the best of some, for others use the same cores.
  expect(Math.min(...times)).toBeLessThan(8_000);
  const { model } = bench;
  await waitFor('quiet', () => session.status.state === 'idle');
  const asked = model.requests.map(({ lastUserText }) => lastUserText);
  expect(new Set(asked).size).toBe(asked.length);
});
