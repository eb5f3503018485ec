import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SetPriority } from '../../src/processes/set-priority.ts';
import { temporaryFolder } from '../support/process.ts';

/** What the kernel says of the rights of this process. @param limit as /proc/self/limits has it: 20 - nice */
async function reasonWith(capabilities: string, limit: string): Promise<string | null> {
  await using folder = await temporaryFolder();
  const self = join(folder.path, 'self');
  await mkdir(self);
  await writeFile(join(self, 'status'), `Name:\tnode\nCapEff:\t${capabilities}\n`);
  await writeFile(join(self, 'limits'), `Max nice priority         ${limit}        ${limit}\n`);
  return new SetPriority({ platform: 'linux', root: folder.path }).unavailable();
}

describe('the rights of this user', () => {
  it('are enough with the capability, or with a limit', async () => {
    expect(await reasonWith('0000000000800000', '0')).toBeNull();
    expect(await reasonWith('0000000000000000', '39')).toBeNull();
    expect(await reasonWith('0000000000000000', 'unlimited')).toBeNull();
  });

  it('are not enough otherwise', async () => {
    expect(await reasonWith('ffffffffff7fffff', '0')).toMatch(/ulimit -e/);
    expect(await reasonWith('0000000000000000', '20')).toMatch(/ulimit -e/);
  });

  it('leave children as they are on Windows alone', () => {
    expect(new SetPriority({ platform: 'win32' }).inherited).toBe(false);
    expect(new SetPriority({ platform: 'linux' }).inherited).toBe(true);
  });
});
