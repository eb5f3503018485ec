import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { XConnection } from '../x11/connection.ts';

/** The window that has the keyboard. Its title is untrusted. */
export interface ActiveWindow {
  title: string;
  /** Process that it belongs to, on this machine; null: it does not say. */
  pid: number | null;
}

const ANY_TYPE = 0;
/** A property is read up to so many 32-bit words: titles are cut. */
const MOST_WORDS = 1_024;

/**
 * The active window of an X11 desktop (EWMH: _NET_ACTIVE_WINDOW, _NET_WM_PID, _NET_WM_NAME); null when there is none.
 * @throws VoiceError hotkey-unavailable, display-lost: no X server; the signal's reason
 */
export async function activeWindow(
  env: NodeJS.ProcessEnv,
  logger: Logger,
  signal: AbortSignal,
): Promise<ActiveWindow | null> {
  using connection = await XConnection.open(env, logger, signal);
  const root = connection.display.screen[0]?.root;
  if (root === undefined) return null;
  const read = async (window: number, name: string): Promise<Buffer> => {
    const atom = await connection.ask<number>((done) => connection.client.InternAtom(true, name, done));
    if (atom === 0) return Buffer.alloc(0);
    const { data } = await connection.ask<{ data: Buffer }>((done) =>
      connection.client.GetProperty(0, window, atom, ANY_TYPE, 0, MOST_WORDS, done),
    );
    return data;
  };
  const window = number(await read(root, '_NET_ACTIVE_WINDOW'));
  if (window === null || window === 0) return null;
  const [pid, host, name, oldName] = [
    number(await read(window, '_NET_WM_PID')),
    (await read(window, 'WM_CLIENT_MACHINE')).toString('utf8'),
    (await read(window, '_NET_WM_NAME')).toString('utf8'),
    (await read(window, 'WM_NAME')).toString('utf8'),
  ];
  const here = host === '' || host === hostname() || host.split('.')[0] === hostname().split('.')[0];
  return { title: name || oldName, pid: here ? pid : null };
}

/** The first 32-bit number of a property. */
function number(data: Buffer): number | null {
  return data.length >= 4 ? data.readUInt32LE(0) : null;
}
