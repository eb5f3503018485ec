import { chmodSync, lstatSync, mkdirSync, type Stats } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { localAppData } from './paths.ts';
import { hasModes, makePrivateFolder } from './private-files.ts';
import { homeOf } from './user-paths.ts';

/**
 * Folders for files that can be made again, best first: the user's cache, the runtime folder (in memory), a folder in
 * the temporary one. Each belongs to this program alone.
 */
export function cacheFolders(env: NodeJS.ProcessEnv): string[] {
  const { XDG_CACHE_HOME: cache = '', XDG_RUNTIME_DIR: runtime = '' } = env;
  const temporary = join(env.TMPDIR || tmpdir(), `codex-voice-${userName()}`);
  if (process.platform === 'win32') {
    const named = isAbsolute(cache) ? join(cache, 'codex-voice') : null;
    return [named ?? join(localAppData(env), 'codex-voice', 'cache'), temporary];
  }
  return [
    join(isAbsolute(cache) ? cache : join(homeOf(env), '.cache'), 'codex-voice'),
    ...(isAbsolute(runtime) ? [join(runtime, 'codex-voice', 'cache')] : []),
    temporary,
  ];
}

/**
 * Creates the folder if it is missing, and checks that only this user can write to it.
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
  if (found !== undefined && hasModes() && (found.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

/** @throws Error unless it is a folder (not a link to one) that belongs to this user */
export function checkOwn(found: Stats): void {
  if (!found.isDirectory()) throw new Error('it is not a folder');
  const own = process.getuid?.();
  if (own !== undefined && found.uid !== own)
    throw new Error(`it belongs to another user (uid ${found.uid})`);
}

/**
 * As root in another user's home (sudo keeps HOME), refuses to leave files that this user could not remove. Folders for
 * everybody, such as /tmp, belong to root.
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
