import { accessSync, constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** Finds an executable in PATH; relative folders in PATH are not searched. @returns its absolute path, or null */
export async function findProgram(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | null> {
  for (const path of placesOf(name, env)) if (await isExecutable(path)) return path;
  return null;
}

/** The same at once, for where nothing can wait. */
export function findProgramSync(name: string, env: NodeJS.ProcessEnv): string | null {
  const found = placesOf(name, env).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false; // Not in this folder.
    }
  });
  return found ?? null;
}

/** Where a program of this name may be, in the order of PATH. */
export function placesOf(name: string, env: NodeJS.ProcessEnv): string[] {
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter);
  return folders.filter((folder) => isAbsolute(folder)).map((folder) => join(folder, name));
}

/** Whether a file can be run by this user. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false; // Missing, or not ours to run.
  }
}
