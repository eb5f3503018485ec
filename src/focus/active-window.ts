import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { XConnection } from '../x11/connection.ts';

/** The window with the keyboard focus. Its title is untrusted. */
export interface ActiveWindow {
  title: string;
  /** Instance and class of WM_CLASS, in lower case. Unlike the title, the program inside cannot change them. */
  classes: readonly string[];
  /** Its process on this machine; null when it does not say. */
  pid: number | null;
}

const ANY_TYPE = 0;
/** X protocol error code: the window was closed meanwhile. */
const BAD_WINDOW = 3;
/** Maximum length of a property that is read, 32-bit words; longer titles are cut. */
const MOST_WORDS = 1_024;

/**
 * Returns the active window of an X11 desktop; null when there is none.
 * EWMH: _NET_ACTIVE_WINDOW, _NET_WM_PID, _NET_WM_NAME; ICCCM: WM_CLASS, WM_CLIENT_MACHINE, WM_NAME.
 * @throws VoiceError hotkey-unavailable, display-lost without an X server; the reason of the signal
 */
export async function activeWindow(
  env: NodeJS.ProcessEnv,
  logger: Logger,
  signal: AbortSignal,
): Promise<ActiveWindow | null> {
  using connection = await XConnection.open(env, logger, signal);
  signal.addEventListener('abort', () => connection.close(), { once: true });
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
  return {
    title: title || oldTitle,
    classes: classes.toLowerCase().split('\0').filter(Boolean),
    pid: here && pid ? number(pid) : null,
  };
}

/** Returns the bytes of a property; none when the window does not have it. */
async function property(connection: XConnection, window: number, name: string): Promise<Buffer> {
  const atom = await connection.ask<number>((done) => connection.client.InternAtom(true, name, done));
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
