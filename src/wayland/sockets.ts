import { once } from 'node:events';
import { globSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

/** A socket that takes longer has a frozen compositor behind it, ms. */
const LIMIT_MS = 2_000;

/** Returns the socket of the sway that runs now; null when there is none. */
export function swaySocket(env: NodeJS.ProcessEnv): Promise<string | null> {
  return current(env.SWAYSOCK, 'sway-ipc.*.sock', env);
}

/** Returns the socket of the niri that runs now; null when there is none. */
export function niriSocket(env: NodeJS.ProcessEnv): Promise<string | null> {
  return current(env.NIRI_SOCKET, 'niri.*.sock', env);
}

/** Returns the event socket of the Hyprland (0.40 or later) that runs now; null when there is none. */
export function hyprlandEvents(env: NodeJS.ProcessEnv): Promise<string | null> {
  const { XDG_RUNTIME_DIR: folder = '', HYPRLAND_INSTANCE_SIGNATURE: instance } = env;
  const named = instance ? join(folder, 'hypr', instance, '.socket2.sock') : undefined;
  return current(named, 'hypr/*/.socket2.sock', env);
}

/**
 * Finds the first socket that accepts a connection: the one that the environment names, else the newest in
 * XDG_RUNTIME_DIR. The name is missing from services whose environment it was not imported into, and after a restart it
 * is out of date.
 */
async function current(
  named: string | undefined,
  pattern: string,
  env: NodeJS.ProcessEnv,
): Promise<string | null> {
  const folder = env.XDG_RUNTIME_DIR;
  const found = folder
    ? newestFirst(globSync(pattern, { cwd: folder }).map((name) => join(folder, name)))
    : [];
  for (const path of named ? [named, ...found] : found) if (await accepts(path)) return path;
  return null;
}

function newestFirst(paths: readonly string[]): string[] {
  const since = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return paths
    .map((path) => ({ path, since: since(path) }))
    .toSorted((a, b) => b.since - a.since)
    .map(({ path }) => path);
}

async function accepts(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(LIMIT_MS) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
