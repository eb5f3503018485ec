import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { unattended } from '../../src/processes/unattended.ts';
import { memoryLog } from '../support/memory-log.ts';

test.each([
  [
    'throws',
    () => {
      throw new Error('broken');
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('broken');
    },
  ],
])('work that %s is logged with its stage, and can be tried again', async (_name, work) => {
  const { logger, lines } = memoryLog();
  const failures: unknown[] = [];
  unattended(logger, 'a test', work, (error) => failures.push(error));
  await setImmediate();
  expect(lines).toEqual([
    expect.objectContaining({
      level: 50,
      stage: 'a test',
      err: expect.objectContaining({ message: 'broken' }),
    }),
  ]);
  expect(failures).toEqual([new Error('broken')]);
});

test('work that succeeds is not mentioned', async () => {
  const { logger, lines } = memoryLog();
  unattended(
    logger,
    'a test',
    async () => 1,
    () => expect.unreachable(),
  );
  await setImmediate();
  expect(lines).toEqual([]);
});
