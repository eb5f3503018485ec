import { chmodSync, lstatSync, mkdirSync, type Stats } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { makePrivateFolder } from './private-files.ts';

/**
 * Folders for files that can be made again, best first: the user's cache, their runtime folder (memory), a folder in
 * the temporary one. Each is for this program alone.
 */
export function cacheFolders(env: NodeJS.ProcessEnv): string[] {
  const { XDG_CACHE_HOME: cache = '', XDG_RUNTIME_DIR: runtime = '' } = env;
  return [
    join(isAbsolute(cache) ? cache : join(env.HOME || homedir(), '.cache'), 'codex-voice'),
    ...(isAbsolute(runtime) ? [join(runtime, 'codex-voice', 'cache')] : []),
    join(env.TMPDIR || tmpdir(), `codex-voice-${userName()}`),
  ];
}

/**
 * Makes the folder where it is missing, and sure that nobody else can put anything into it.
 * @throws Error with the reason when it cannot be used
 */
export function openCacheFolder(folder: string): void {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) {
    checkAbove(dirname(folder));
    makePrivateFolder(dirname(folder));
    mkdirSync(folder, { mode: 0o700, recursive: true });
  }
  checkOwn(lstatSync(folder));
  if (found !== undefined && (found.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

/** @throws Error unless it is a folder (no link to one) that belongs to this user */
export function checkOwn(found: Stats): void {
  if (!found.isDirectory()) throw new Error('it is not a folder');
  const own = process.getuid?.();
  if (own !== undefined && found.uid !== own)
    throw new Error(`it belongs to another user (uid ${found.uid})`);
}

/**
 * Root in the home of another user (sudo keeps HOME) leaves nothing there that this user cannot remove. A folder for
 * everybody, as /tmp is, belongs to root.
 */
function checkAbove(folder: string): void {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) {
    if (dirname(folder) !== folder) checkAbove(dirname(folder));
    return;
  }
  const own = process.getuid?.();
  if (own === 0 && found.uid !== own) throw new Error(`${folder} belongs to another user (uid ${found.uid})`);
}

function userName(): string {
  return String(process.getuid?.() ?? userInfo().username);
}
