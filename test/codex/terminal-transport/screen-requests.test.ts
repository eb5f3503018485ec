import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Change } from '../../../src/codex/change.ts';
import { ScreenRequests } from '../../../src/codex/terminal-transport/screen-requests.ts';
import type { ScreenRow } from '../../../src/terminal/hidden-terminal.ts';
import { memoryLog } from '../../support/memory-log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** As Codex 0.169.0 draws the question about a command. */
const ASKING: readonly ScreenRow[] = [
  '  Would you like to run the following command?',
  '',
  '  Environment: local',
  '',
  '  $ touch /x',
  '',
  '› 1. Yes, proceed (y)',
  '  2. No, and tell Codex what to do differently (esc)',
  '',
  '  Press enter to confirm or esc to cancel',
].map((text) => ({ text, dim: text.includes('Press enter') }));

test('a request whose announcement failed is announced with the next frame', async () => {
  const { logger } = memoryLog();
  const requested: string[] = [];
  let failures = 2;
  const requests = new ScreenRequests({
    rows: () => ASKING,
    active: () => true,
    calls: () => [{ id: 'call_1', name: 'exec_command', input: JSON.stringify({ cmd: 'touch /x' }) }],
    directory: () => '/p',
    read: async () => undefined,
    press: () => undefined,
    requested: (request) => {
      if (failures-- > 0) throw new Error('broken');
      requested.push(request.detail);
    },
    resolved: () => undefined,
    change: new Change(),
    logger,
  });
  expect(() => requests.look()).toThrow('broken');
  expect(requests.pending).toEqual([]);
  expect(() => requests.look()).toThrow('broken');
  requests.look();
  expect(requested).toEqual(['touch /x']);
  expect(requests.pending).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(requested).toHaveLength(1);
  requests.clear();
});

test('a timer that fails looks again', async () => {
  const { logger, lines } = memoryLog();
  const resolved: string[] = [];
  let rows = ASKING;
  let reads = 0;
  const requests = new ScreenRequests({
    rows: () => rows,
    active: () => true,
    calls: () => [{ id: 'call_1', name: 'exec_command', input: JSON.stringify({ cmd: 'touch /x' }) }],
    directory: () => '/p',
    read: async () => {
      reads += 1;
      if (reads === 1) throw new Error('unreadable');
    },
    press: () => undefined,
    requested: () => undefined,
    resolved: (id) => void resolved.push(id),
    change: new Change(),
    logger,
  });
  requests.look();
  const [request] = requests.pending;
  rows = [];
  requests.look();
  await vi.advanceTimersByTimeAsync(150);
  expect(lines).toEqual([expect.objectContaining({ stage: 'the reading of a request on the screen' })]);
  expect(resolved).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_500);
  expect(resolved).toEqual([request?.id]);
});
