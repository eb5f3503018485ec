import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

/** Maximum length of a line or an answer, UTF-16 units. Hundreds of windows fit. */
const MOST = 16 * 1024 * 1024;

/** Connects to a Unix socket. @param signal destroys it @throws Error when it does not accept; the signal's reason */
export async function openSocket(path: string, signal: AbortSignal): Promise<Socket & Disposable> {
  const socket = createConnection({ path, signal });
  // Reading reports errors as well; without any listener, an error before that would end the process.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return Object.assign(socket.setEncoding('utf8'), { [Symbol.dispose]: () => void socket.destroy() });
}

/** Yields the lines that come until the socket ends. @throws Error when one is too long, or the socket is destroyed */
export async function* linesOf(socket: Socket): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const data of socket) {
    const lines = (rest + data).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MOST) throw new Error('a line is too long');
    yield* lines;
  }
}

/** Returns everything that comes until the socket ends. @throws Error when that is too much, or the socket is destroyed */
export async function allOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const data of socket) {
    text += data;
    if (text.length > MOST) throw new Error('an answer is too long');
  }
  return text;
}
