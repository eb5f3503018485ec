import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { isWayland } from '../wayland/session.ts';
import { XConnection } from '../x11/connection.ts';
import { type ActiveWindow, type FocusDriver, windowOf } from './active-window.ts';

const ANY_TYPE = 0;
/** X protocol error code: the window was closed meanwhile. */
const BAD_WINDOW = 3;
/** Maximum length of a property that is read, 32-bit words; longer titles are cut. */
const MOST_WORDS = 1_024;

interface X11DriverOptions {
  /** DISPLAY, XAUTHORITY and HOME are read. */
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

/**
 * The active window of an X11 desktop: asked for when it is needed, because that takes a millisecond. On Wayland, it is
 * known only while an X11 window has the focus.
 */
export function x11Driver({ env, logger }: X11DriverOptions): FocusDriver {
  const gap = gapOf(env);
  return {
    name: 'x11',
    gap,
    unavailable: async () => (env.DISPLAY ? null : (gap ?? 'DISPLAY is not set')),
    async serve(attach, signal) {
      using connection = await XConnection.open(env, logger, signal);
      signal.throwIfAborted();
      signal.addEventListener('abort', () => connection.close(), { once: true });
      attach(() => activeWindow(connection));
      throw await connection.closed;
    },
  };
}

function gapOf(env: NodeJS.ProcessEnv): string | null {
  if (!isWayland(env)) return null;
  // Seen with GNOME 43: org.gnome.Shell.Introspect refuses every program, and Eval does nothing.
  return env.XDG_CURRENT_DESKTOP?.split(':').includes('GNOME')
    ? 'GNOME on Wayland reports the active window to its extensions only'
    : 'this Wayland compositor does not report the active window';
}

/**
 * Returns the active window; null when there is none. EWMH: _NET_ACTIVE_WINDOW, _NET_WM_PID, _NET_WM_NAME; ICCCM:
 * WM_CLASS, WM_CLIENT_MACHINE, WM_NAME.
 * @throws the reason why the connection ended
 */
export async function activeWindow(connection: XConnection): Promise<ActiveWindow | null> {
  try {
    return await look(connection);
  } catch (error) {
    if (error instanceof Error && 'error' in error && error.error === BAD_WINDOW) return null;
    throw error;
  }
}

async function look(connection: XConnection): Promise<ActiveWindow | null> {
  const root = connection.display.screen[0]?.root;
  const window = root === undefined ? null : number(await property(connection, root, '_NET_ACTIVE_WINDOW'));
  if (window === null || window === 0) return null;
  const names = ['_NET_WM_PID', 'WM_CLIENT_MACHINE', 'WM_CLASS', '_NET_WM_NAME', 'WM_NAME'];
  const [pid, ...texts] = await Promise.all(names.map((name) => property(connection, window, name)));
  const [host = '', classes = '', title = '', oldTitle = ''] = texts.map((data) => data.toString('utf8'));
  const here = host === '' || host.split('.')[0] === hostname().split('.')[0];
  return windowOf(title || oldTitle, classes.split('\0'), here && pid ? number(pid) : null);
}

/** Returns the bytes of a property; none when the window does not have it. */
async function property(connection: XConnection, window: number, name: string): Promise<Buffer> {
  const atom = await connection.atom(name, { create: false });
  if (atom === 0) return Buffer.alloc(0);
  const { data } = await connection.ask<{ data: Buffer }>((done) =>
    connection.client.GetProperty(0, window, atom, ANY_TYPE, 0, MOST_WORDS, done),
  );
  return data;
}

/** Returns the first 32-bit number of a property. */
function number(data: Buffer): number | null {
  return data.length >= 4 ? data.readUInt32LE(0) : null;
}
