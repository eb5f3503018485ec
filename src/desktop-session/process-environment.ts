import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Reads the environment that a process was started with: proc(5).
 * @param folder e.g. `/proc/1234`
 * @throws the error of the file system: the process has ended, or is another user's
 */
export async function processEnvironment(folder: string): Promise<NodeJS.ProcessEnv> {
  const text = await readFile(join(folder, 'environ'), 'utf8');
  const entries = text.split('\0').filter((entry) => entry.indexOf('=') > 0);
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}
