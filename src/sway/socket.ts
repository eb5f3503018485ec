import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The socket of the sway that runs now. SWAYSOCK is missing from services whose environment it was not imported into,
 * and is that of an earlier one after a restart: then the newest in XDG_RUNTIME_DIR is taken.
 * @returns null where there is none
 */
export function swaySocket(env: NodeJS.ProcessEnv): string | null {
  const named = env.SWAYSOCK;
  if (named && isSocket(named)) return named;
  const folder = env.XDG_RUNTIME_DIR;
  if (!folder) return null;
  const found = namesIn(folder)
    .filter((name) => /^sway-ipc\.\d+\.\d+\.sock$/.test(name) && isSocket(join(folder, name)))
    .map((name) => ({ path: join(folder, name), since: statSync(join(folder, name)).mtimeMs }))
    .toSorted((a, b) => b.since - a.since);
  return found[0]?.path ?? null;
}

function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket();
  } catch {
    return false;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
