import { homedir } from 'node:os';
import { isAbsolute, join, posix, relative, sep, win32 } from 'node:path';

/**
 * The user's home folder. Windows: USERPROFILE, because shells such as Git Bash set HOME to a path that Windows programs
 * do not understand.
 */
export function homeOf(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  return (platform === 'win32' ? env.USERPROFILE : env.HOME) || homedir();
}

/**
 * True for a path that means the same in every working directory. Windows: it begins with a drive and a separator, or
 * with two separators (a network share). `C:name` and `\name` depend on the current folder of a drive.
 */
export function isFullPath(path: string, platform: NodeJS.Platform = process.platform): boolean {
  return platform === 'win32' ? /^(?:[A-Za-z]:[\\/]|[\\/]{2}[^\\/])/.test(path) : path.startsWith('/');
}

/** True for `~`, `~/...`, and on Windows also `~\...`. */
export function isBelowHome(path: string, platform: NodeJS.Platform = process.platform): boolean {
  return (platform === 'win32' ? /^~(?:[\\/]|$)/ : /^~(?:\/|$)/).test(path);
}

/** Replaces `~` at the beginning of a path. */
export function expandHome(path: string, home: string, platform: NodeJS.Platform = process.platform): string {
  if (!isBelowHome(path, platform)) return path;
  const rest = path.slice(2);
  if (rest === '') return home;
  return (platform === process.platform ? join : platform === 'win32' ? win32.join : posix.join)(home, rest);
}

/** True for a folder itself and for paths below it. On another drive of Windows, the way is absolute. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Compares absolute paths of folders. Windows ignores case and the kind of slash, and some programs add `\\?\`. */
export function isSameFolder(
  one: string,
  other: string,
  platform: NodeJS.Platform = process.platform,
): boolean {
  if (platform !== 'win32') return one === other;
  const plain = (path: string): string =>
    win32.normalize(path.replace(/^\\\\\?\\(?=[A-Za-z]:)/, '')).replace(/(?<=[^:])\\$/, '');
  return plain(one).toLowerCase() === plain(other).toLowerCase();
}
