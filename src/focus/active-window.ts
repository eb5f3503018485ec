import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { XConnection } from '../x11/connection.ts';

/** The window that has the keyboard. Its title is untrusted. */
export interface ActiveWindow {
  title: string;
  /** WM_CLASS, instance and class, in lower case: what runs in a window does not change it, as it does the title. */
  classes: readonly string[];
  /** Process that it belongs to, on this machine; null: it does not say. */
  pid: number | null;
}

const ANY_TYPE = 0;
/** Protocol error code of BadWindow: it was closed meanwhile. */
const BAD_WINDOW = 3;
/** A property is read up to so many 32-bit words: titles are cut. */
const MOST_WORDS = 1_024;

/**
 * The active window of an X11 desktop; null when there is none.
 * EWMH: _NET_ACTIVE_WINDOW, _NET_WM_PID, _NET_WM_NAME; ICCCM: WM_CLASS, WM_CLIENT_MACHINE, WM_NAME.
 * @throws VoiceError hotkey-unavailable, display-lost: no X server; the signal's reason
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

/** The bytes of a property; none when it is not there. */
async function property(connection: XConnection, window: number, name: string): Promise<Buffer> {
  const atom = await connection.ask<number>((done) => connection.client.InternAtom(true, name, done));
  if (atom === 0) return Buffer.alloc(0);
  const { data } = await connection.ask<{ data: Buffer }>((done) =>
    connection.client.GetProperty(0, window, atom, ANY_TYPE, 0, MOST_WORDS, done),
  );
  return data;
}

/** The first 32-bit number of a property. */
function number(data: Buffer): number | null {
  return data.length >= 4 ? data.readUInt32LE(0) : null;
}
