import { accessSync, constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, win32 } from 'node:path';
import { openFirst, type PassedOver } from '../drivers.ts';

export const NOT_INSTALLED = 'it is not installed';

/** Opens the first of these programs that is in PATH and works, see `openFirst`. @param open gets its path */
export function openProgram<Program extends { name: string }, T>(
  programs: readonly Program[],
  env: NodeJS.ProcessEnv,
  open: (path: string, program: Program) => T | Promise<T>,
): Promise<{ opened: T | null; passedOver: PassedOver[] }> {
  const drivers = programs.map((program) => ({
    name: program.name,
    program,
    path: '',
    async unavailable() {
      this.path = (await findProgram(program.name, env)) ?? '';
      return this.path === '' ? NOT_INSTALLED : null;
    },
  }));
  return openFirst(drivers, ({ path, program }) => open(path, program));
}

/** Finds an executable in PATH. Relative folders in PATH are not searched. @returns its absolute path, or null */
export async function findProgram(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | null> {
  for (const path of placesOf(name, env)) if (await isExecutable(path)) return path;
  return null;
}

/** Like findProgram, but synchronous. */
export function findProgramSync(name: string, env: NodeJS.ProcessEnv): string | null {
  const found = placesOf(name, env).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false; // It is not in this folder.
    }
  });
  return found ?? null;
}

/** Path of a program that belongs to Windows: another one of that name may come first in PATH. */
export function windowsSystemProgram(name: string, env: NodeJS.ProcessEnv): string {
  return win32.join(env.SystemRoot || 'C:\\Windows', 'System32', name);
}

/** Endings of the programs that Windows starts without a shell, which .cmd and .bat files need. */
export const WINDOWS_PROGRAMS: readonly string[] = ['.com', '.exe'];

/**
 * Lists the possible paths of a program, in the order of PATH.
 * @param endings of programs on Windows, for a name without one of them
 */
export function placesOf(
  name: string,
  env: NodeJS.ProcessEnv,
  endings: readonly string[] = WINDOWS_PROGRAMS,
): string[] {
  const names = withEndings(name, endings);
  const folders = searchPath(env).split(delimiter);
  return folders
    .map((folder) => folder.replace(/^"(.*)"$/, '$1'))
    .filter((folder) => isAbsolute(folder))
    .flatMap((folder) => names.map((each) => join(folder, each)));
}

/** The names under which a program may exist: on other systems than Windows only its own. */
export function withEndings(
  name: string,
  endings: readonly string[] = WINDOWS_PROGRAMS,
  platform: NodeJS.Platform = process.platform,
): string[] {
  const ended = endings.some((ending) => name.toLowerCase().endsWith(ending));
  return platform !== 'win32' || ended ? [name] : endings.map((ending) => `${name}${ending}`);
}

/** A copy of the environment on Windows, unlike the original, distinguishes PATH from Path. */
function searchPath(env: NodeJS.ProcessEnv): string {
  const name = process.platform === 'win32' ? Object.keys(env).find((key) => /^path$/i.test(key)) : 'PATH';
  return (name === undefined ? undefined : env[name]) ?? '';
}

/** True when this user may run the file. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false; // It is missing, or this user may not run it.
  }
}
