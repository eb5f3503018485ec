import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { threadsOf } from '../../src/processes/threads.ts';
import { temporaryFolder } from '../support/process.ts';

it('lists the loop first, then those that run networks and read files, without those that never work', async () => {
  await using folder = await temporaryFolder();
  const threads = {
    8: 'V8Worker',
    9: 'libuv-worker',
    7: 'node',
    11: 'DelayedTaskSche',
    12: 'SignalInspector',
  };
  for (const [id, name] of Object.entries(threads)) {
    const place = join(folder.path, '7', 'task', id);
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'comm'), `${name}\n`);
  }
  expect(threadsOf(7, folder.path)).toEqual([
    { id: 7, name: 'node' },
    { id: 9, name: 'libuv-worker' },
    { id: 8, name: 'V8Worker' },
  ]);
  expect(threadsOf(70, folder.path)).toEqual([]);
});
