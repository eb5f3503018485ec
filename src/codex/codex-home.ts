import { mkdir, realpath } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { VoiceError } from '../errors.ts';

/** Where Codex keeps its settings, sign-in and conversations. */
export function codexHome(env: NodeJS.ProcessEnv): string {
  return resolve(env.CODEX_HOME || join(env.HOME || homedir(), '.codex'));
}

/**
 * Makes CODEX_HOME (0700) where it lies below the folder for temporary files: Codex 0.169.0 and 0.171.0 make none there,
 * and end. Anywhere else Codex makes its usual one itself, and says so where one that was named is missing.
 * @throws VoiceError codex-down
 */
export async function makeCodexHome(env: NodeJS.ProcessEnv): Promise<void> {
  const home = codexHome(env);
  if (!(await isBelow(home, env.TMPDIR || tmpdir()))) return;
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new VoiceError(
      'codex-down',
      `The folder of Codex's settings cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Set CODEX_HOME to a folder that your user may write to.',
      { cause },
    );
  }
}

async function isBelow(path: string, folder: string): Promise<boolean> {
  const way = relative(await realExisting(folder), await realExisting(path));
  return way !== '' && way !== '..' && !way.startsWith('../');
}

/** The real path, as far as it exists. */
async function realExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : resolve(await realExisting(parent), relative(parent, path));
  }
}
