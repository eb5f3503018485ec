import { once } from 'node:events';
import { globSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

/** A socket that takes longer has a frozen compositor behind it, ms. */
const LIMIT_MS = 2_000;

/** A compositor that listens on a socket of the user's own. */
class CompositorSocket {
  readonly #compositor: string;
  readonly #pattern: string;
  readonly #named: (env: NodeJS.ProcessEnv) => string | undefined;

  /**
   * @param pattern its sockets in XDG_RUNTIME_DIR
   * @param named the socket that the environment names
   */
  constructor(compositor: string, pattern: string, named: (env: NodeJS.ProcessEnv) => string | undefined) {
    this.#compositor = compositor;
    this.#pattern = pattern;
    this.#named = named;
  }

  /** Returns why there is no socket; null when there is one. */
  async unavailable(env: NodeJS.ProcessEnv): Promise<string | null> {
    return (await this.#find(env)) === null ? `${this.#compositor} does not run here` : null;
  }

  /** Returns the socket of the one that runs now. @throws Error when none does */
  async path(env: NodeJS.ProcessEnv): Promise<string> {
    const path = await this.#find(env);
    if (path === null) throw new Error(`${this.#compositor} has no socket now`);
    return path;
  }

  #find(env: NodeJS.ProcessEnv): Promise<string | null> {
    return current(this.#named(env), this.#pattern, env);
  }
}

export const SWAY: CompositorSocket = new CompositorSocket('sway', 'sway-ipc.*.sock', (env) => env.SWAYSOCK);

export const NIRI: CompositorSocket = new CompositorSocket('niri', 'niri.*.sock', (env) => env.NIRI_SOCKET);

/** The socket of its events, which has the requests' beside it: 0.40 or later. */
export const HYPRLAND: CompositorSocket = new CompositorSocket(
  'Hyprland',
  'hypr/*/.socket2.sock',
  ({ XDG_RUNTIME_DIR: folder = '', HYPRLAND_INSTANCE_SIGNATURE: instance }) =>
    instance ? join(folder, 'hypr', instance, '.socket2.sock') : undefined,
);

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
