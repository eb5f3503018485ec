import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RolloutTail } from '../../../src/codex/history/rollout-tail.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('a line that fails costs none of those after it', async () => {
  const { logger, lines } = memoryLog();
  const path = join(temporaryFolder(), 'rollout.jsonl');
  await writeFile(path, 'one\ntwo\nthree\n');
  const rows: string[] = [];
  const onRow = (row: string): void => {
    if (row === 'two') throw new Error('broken');
    rows.push(row);
  };
  const tail = new RolloutTail(path, 0, onRow, logger);
  try {
    await tail.read();
    expect(rows).toEqual(['one', 'three']);
    expect(lines).toEqual([expect.objectContaining({ stage: 'a line of the conversation' })]);
  } finally {
    tail.close();
  }
});
