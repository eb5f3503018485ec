import { mkdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { VoiceError } from '../errors.ts';
import { homeOf, isWithin } from '../files/user-paths.ts';

/** The folder of Codex's settings, sign-in and conversations. */
export function codexHome(env: NodeJS.ProcessEnv): string {
  return resolve(env.CODEX_HOME || join(homeOf(env), '.codex'));
}

/**
 * Creates CODEX_HOME (0700) if it is in the folder for temporary files, because Codex 0.169.0 and 0.171.0 refuse to
 * create it there. Elsewhere, Codex creates the default folder itself, and reports when a named one is missing.
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
  const [above, real] = [await realExisting(folder), await realExisting(path)];
  return real !== above && isWithin(real, above);
}

/** Resolves symbolic links in the part of the path that exists. */
async function realExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : resolve(await realExisting(parent), relative(parent, path));
  }
}
