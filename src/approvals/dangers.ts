import { homedir } from 'node:os';
import { isAbsolute, relative, resolve } from 'node:path';
import type { WindowsShell } from '../agent/requests.ts';
import { ANOTHER_USER, OUTSIDE_PATH, programDangers, UNCHECKED } from './program-dangers.ts';
import { windowsDangers } from './windows/dangers.ts';
import { isWindowsPath, isWithin as isWithinOnWindows, leavesProject } from './windows/paths.ts';

const OUTSIDE = 'runs outside the project';
/** Dangers that no setting overrides. */
export const ALWAYS_DANGEROUS: readonly string[] = [ANOTHER_USER, OUTSIDE];

/** Patterns in the whole text. */
const SIGNS: readonly [phrase: string, sign: RegExp][] = [
  [UNCHECKED, /\$\(|`|<\(|>\(|\$\{?\w|\$'/],
  ['runs code from the command line', /\|\s*&?\s*\S*\b(ba|z|da|k|fi)?sh\b|<</],
  ['has invisible characters', /[^\x20-\x7e\n\t\p{L}\p{N}\p{P}\p{S}]|\p{Cf}/u],
  ['overwrites files', /(^|[^<>=-])>{1,2}(?!>)(?!\s*(?:&|\/dev\/null(?:\s|$)))|>\|/],
  ['changes a device', /\/dev\/(?!null\b|stdout\b|stderr\b|stdin\b)/],
];

/**
 * Returns why a command must not be approved by voice, one phrase each; [] when no reason is found. It errs on the side
 * of danger: a quoted word counts as if it were run, because `sh -c` or `env` may run it.
 * @param directory of the project, absolute
 * @param folder where it would run; null: unknown
 * @param shell that reads it. Default: PowerShell for a project with a Windows path, otherwise a POSIX shell
 */
export function dangersOf(
  command: string,
  directory: string,
  folder: string | null,
  shell: WindowsShell = 'powershell',
): string[] {
  if (isWindowsPath(directory)) {
    const phrases = windowsDangers(command, shell, { directory, folder });
    return folder === null || isWithinOnWindows(folder, directory) ? phrases : [...phrases, OUTSIDE];
  }
  const found = new Set<string>();
  if (command.trim() === '') found.add('cannot be read');
  for (const words of readings(command)) {
    for (const phrase of programDangers(words)) found.add(phrase);
    if (words.some((word) => isOutside(word, directory, folder))) found.add(OUTSIDE_PATH);
  }
  for (const [phrase, sign] of SIGNS) if (sign.test(command)) found.add(phrase);
  if (folder !== null && !isWithin(folder, directory)) found.add(OUTSIDE);
  return [...found];
}

/** Returns why a change of this file must not be approved by voice, one phrase each. */
export function fileDangers(path: string, directory: string): string[] {
  if (!isWindowsPath(directory)) return dangersOf(`cat '${path}'`, directory, directory);
  return leavesProject(path, { directory, folder: directory }) ? [OUTSIDE_PATH] : [];
}

/** Splits a command into words twice: with quotes and backslashes as separators, and with them removed. */
function readings(command: string): string[][] {
  const separators = /[\s;|&(){}<>,=:@`$]+/;
  return [command.replaceAll(/['"\\]/g, ' '), command.replaceAll(/['"\\]/g, '')].map((text) =>
    text.split(separators).filter(Boolean),
  );
}

function isOutside(word: string, directory: string, folder: string | null): boolean {
  if (word.startsWith('~')) return !isWithin(word.replace(/^~(?=\/|$)/, homedir()), directory);
  if (word === '/dev/null') return false;
  if (!isAbsolute(word) && !word.split('/').includes('..')) return false;
  return !isWithin(resolve(folder ?? directory, word), directory);
}

function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}
