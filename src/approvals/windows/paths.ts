import { win32 } from 'node:path';

/** The project's folder, and where the command would run (null: unknown). Both are absolute. */
export interface Place {
  directory: string;
  folder: string | null;
}

/** True for a path with a drive letter and for a UNC path. A project with such a folder is on Windows. */
export function isWindowsPath(path: string): boolean {
  return /^(?:[a-z]:[\\/]|\\\\)/iu.test(path);
}

/** True when the path is the folder or below it. Letters compare without case. */
export function isWithin(path: string, directory: string): boolean {
  const way = win32.relative(directory, path);
  return !way.startsWith('..') && !win32.isAbsolute(way);
}

/** Drives of PowerShell that are no disks, a path with the name of its provider, and the home folder. */
const ELSEWHERE = /^(?:~|[\w.\\]+::|(?:alias|cert|env|function|hk\w+|temp|variable|wsman):)/iu;

/** True when a word is a path that leads out of the project. Links are not followed. */
export function leavesProject(word: string, { directory, folder }: Place): boolean {
  // As in `-Path:C:\x` and `-f..\x`.
  const path = word.replace(/^[-/]\w+:(?!:)|^-\w(?=\.\.)/u, '');
  if (ELSEWHERE.test(path)) return true;
  const segments = path.split(/[\\/]/u);
  // Windows ignores spaces and dots at the end of a name.
  if (segments.some((each) => each !== '..' && /^\.[. ?*]+$/u.test(each))) return true;
  const named = /^[a-z]:/iu.test(path) || win32.isAbsolute(path);
  return (named || segments.includes('..')) && !isWithin(win32.resolve(folder ?? directory, path), directory);
}
