import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Packages change; what was made of them is made anew at this age, ms. */
const OLD = 14 * 24 * 3_600_000;

/** Returns the folder in the user's cache for what takes long to make, and is kept for the next time. */
export function testCache(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'codex-voice-tests');
}

/** True when a file that marks something of Debian's packages is there and younger than two weeks. */
export async function isFresh(file: string): Promise<boolean> {
  return stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs < OLD,
    () => false,
  );
}
