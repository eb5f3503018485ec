import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { SWAY } from '../wayland/sockets.ts';
import { MESSAGE, SwayConnection } from '../wayland/sway-connection.ts';
import { SWAY_NODE, type SwayNode, windowsBelow } from '../wayland/sway-tree.ts';
import { type Compositor, isOf, isWanted, type ListedWindow, openWindow } from './compositor.ts';

const EVENT = z.object({ change: z.string(), container: SWAY_NODE });

/** A size has settled when it was the same for so many looks; time between two looks, ms. */
const SETTLED_LOOKS = 4;
const LOOK_MS = 50;
/** A terminal that rounds its size to whole characters never has exactly the one that sway gives it. */
const MOST_RESTORES = 3;

interface SwayWindow extends ListedWindow {
  id: number;
  floating: boolean;
  /** Width and height. */
  size: string;
}

/** Windows of sway, over its socket. Verified with sway 1.7. */
export function swayWindows(env: NodeJS.ProcessEnv): Compositor {
  return {
    name: 'sway',
    unavailable: () => SWAY.unavailable(env),
    async raise(wanted, signal) {
      using connection = await open(env, signal);
      const found = openWindow(windowsIn(await connection.ask(MESSAGE.tree)), wanted);
      if (found) await command(connection, found, 'focus');
      return found !== null;
    },
    async presentNext(wanted, onCome, signal) {
      const come = Promise.withResolvers<SwayWindow>();
      const fresh = new Set<number>();
      using connection = await open(env, signal, (payload) => {
        const { data } = EVENT.safeParse(payload);
        if (!data) return;
        const window = windowOf(data.container);
        if (data.change === 'new') fresh.add(window.id);
        // Some terminals set their title later.
        if (fresh.has(window.id) && isWanted(window, wanted)) come.resolve(window);
      });
      await connection.ask(MESSAGE.subscribe, '["window"]');
      // A fast terminal has opened its window already; only its process distinguishes it from older ones.
      const opened = windowsIn(await connection.ask(MESSAGE.tree)).find((each) => isOf(each, wanted));
      if (opened) come.resolve(opened);
      const ended = connection.closed.then((reason) => Promise.reject(reason));
      const window = await Promise.race([come.promise, ended]);
      onCome();
      const tiled = !(await look(connection, window))?.floating;
      await command(connection, window, 'floating enable, move position center, focus');
      const size = await settledSize(connection, window);
      // A window that a rule of the user made floating may have its size from there.
      if (tiled) await restoreSize(connection, window, size);
    },
  };
}

async function open(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  onEvent: (payload: unknown) => void = () => undefined,
): Promise<SwayConnection> {
  const path = await SWAY.path(env);
  const connection = await SwayConnection.open(path, ({ name, payload }) => {
    if (name === 'window') onEvent(payload);
  });
  signal.addEventListener('abort', () => connection[Symbol.dispose](), { once: true });
  return connection;
}

/**
 * Gives a window that was tiled the size that it opened with. Its terminal may still have drawn itself as a tile when it
 * was floating already, and sway then keeps that size. A window that becomes floating gets its own size.
 * @param size the current size; null: the window has closed
 */
async function restoreSize(
  connection: SwayConnection,
  window: SwayWindow,
  size: string | null,
): Promise<void> {
  for (let restores = 0; size !== null && restores < MOST_RESTORES; restores += 1) {
    await command(connection, window, 'floating disable, floating enable, move position center, focus');
    const restored = await settledSize(connection, window);
    if (restored === size) return;
    size = restored;
  }
}

/**
 * Centres the window again each time its size changes, because sway reports no sizes.
 * @returns the size once it has settled; null: the window has closed
 */
async function settledSize(connection: SwayConnection, { id }: SwayWindow): Promise<string | null> {
  let size = '';
  for (let settled = 0; settled < SETTLED_LOOKS; settled += 1) {
    await delay(LOOK_MS);
    const window = await look(connection, { id });
    if (!window) return null;
    if (window.size === size) continue;
    ({ size } = window);
    settled = 0;
    await command(connection, window, 'move position center');
  }
  return size;
}

/** Returns the window as it is now; undefined: it has closed. */
async function look(
  connection: SwayConnection,
  { id }: Pick<SwayWindow, 'id'>,
): Promise<SwayWindow | undefined> {
  return windowsIn(await connection.ask(MESSAGE.tree)).find((each) => each.id === id);
}

/** @throws Error when sway refuses */
async function command(connection: SwayConnection, { id }: SwayWindow, what: string): Promise<void> {
  const refused = await connection.run(`[con_id=${id}] ${what}`);
  if (refused !== null) throw new Error(`sway refuses: ${refused}`);
}

function windowsIn(tree: unknown): SwayWindow[] {
  return windowsBelow(tree).map(windowOf);
}

function windowOf({ id, type, name, classes, pid, rect }: SwayNode): SwayWindow {
  const size = `${rect.width}x${rect.height}`;
  return { id, floating: type === 'floating_con', size, title: name, classes, pid };
}
