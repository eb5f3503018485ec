import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import x11, { type Callback, type XClient, type XDisplay, type XError, type XEvent } from 'x11';
import { VoiceError } from '../errors.ts';
import { cookieFor } from './authority.ts';
import { connectionsTo, type DisplayPlace, parseDisplay } from './display.ts';

/** How long a server may take to let us in, ms; a healthy one takes one or two. */
const CONNECT_TIMEOUT_MS = 5_000;

/** Protocol error code of BadAccess: somebody else holds the grab. */
const BAD_ACCESS = 10;

/**
 * A connection to the X server as promises. `x11` (4.2.2) emits 'error' for unsolicited messages, never
 * calls back when the server dies and falls back to TCP: here every error has a listener, every question is
 * rejected when the connection ends, and the socket is ours.
 */
export class XConnection implements Disposable {
  readonly client: XClient;
  readonly display: XDisplay;
  /** Resolves, with the reason, when the connection has ended. */
  readonly closed: Promise<Error>;
  readonly #socket: Socket;
  readonly #questions = new Set<(reason: Error) => void>();
  #reason: Error | null = null;

  /**
   * Connects to the DISPLAY of the environment, with its cookie.
   * @throws VoiceError `hotkey-unavailable` (no or odd DISPLAY, refused), `display-lost` (no answer)
   */
  static async open(env: NodeJS.ProcessEnv, logger: Logger, signal: AbortSignal): Promise<XConnection> {
    const place = displayOf(env);
    const { host, number } = place;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
    const socket = await connected(place, env, logger, limit);
    try {
      const address = host === null ? null : (socket.remoteAddress ?? null);
      const auth = await cookieFor(number, address, env, logger);
      const client = x11.createClient({
        display: `:${number}`,
        stream: socket,
        auth,
        disableBigRequests: true,
      });
      const display = await handshake(client, socket, limit);
      return new XConnection(client, display, socket, logger);
    } catch (error) {
      socket.destroy();
      if (error instanceof VoiceError) throw error;
      throw unreachable(env, error);
    }
  }

  private constructor(client: XClient, display: XDisplay, socket: Socket, logger: Logger) {
    this.client = client;
    // Its cache of atoms is one for all connections of the process, but each server numbers them anew.
    client.atoms = {};
    client.atom_names = {};
    this.display = display;
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      const end = (reason: Error): void => {
        if (this.#reason !== null) return;
        this.#reason = reason;
        for (const reject of this.#questions) reject(reason);
        resolve(reason);
      };
      client.on('error', (error: XError) => {
        if (error.error === undefined) end(error);
        else logger.debug({ code: error.error }, `X protocol error: ${error.message}`);
      });
      client.on('end', () => end(new Error('the X server closed the connection')));
      socket.once('close', () => end(new Error('the connection to the X server was closed')));
    });
  }

  get ended(): boolean {
    return this.#reason !== null;
  }

  onEvent(listener: (event: XEvent) => void): void {
    this.client.on('event', listener);
  }

  /**
   * One request: resolves with its reply, or once the server has carried it out.
   * @throws XError of the server, or the reason why the connection ended
   */
  ask<T>(request: (done: Callback<T>) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#reason !== null) throw this.#reason;
      this.#questions.add(reject);
      request((error, value) => {
        this.#questions.delete(reject);
        if (error) reject(error);
        else resolve(value);
        return true;
      });
    });
  }

  /** Returns the number of an atom; without `create`, 0 when the server does not know it. */
  atom(name: string, { create }: { create: boolean }): Promise<number> {
    return this.ask((done) => this.client.InternAtom(!create, name, done));
  }

  /** Resolves when everything the server had sent before has been read. */
  async barrier(): Promise<void> {
    await this.ask((done) => this.client.GetInputFocus(done));
  }

  close(): void {
    this.#socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Was a grab refused because another program holds the key? */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && (error as XError).error === BAD_ACCESS;
}

/** A socket to the server, by the first of its addresses that somebody answers at. @throws VoiceError display-lost */
async function connected(
  place: DisplayPlace,
  env: NodeJS.ProcessEnv,
  logger: Logger,
  signal: AbortSignal,
): Promise<Socket> {
  let reason: unknown;
  for (const open of connectionsTo(place)) {
    const socket = open();
    // Told by 'close' as well; without any listener an 'error' would end the process.
    socket.on('error', (error) => logger.debug({ error: String(error) }, 'X connection'));
    try {
      await once(socket, 'connect', { signal });
      return socket;
    } catch (error) {
      socket.destroy();
      reason ??= error; // Of the usual address: it is the one that users know.
    }
  }
  throw unreachable(env, reason);
}

/** @throws VoiceError hotkey-unavailable */
function displayOf(env: NodeJS.ProcessEnv): DisplayPlace {
  const display = env.DISPLAY ?? '';
  const place = parseDisplay(display);
  if (place) return place;
  throw new VoiceError(
    'hotkey-unavailable',
    display === ''
      ? 'There is no X display: DISPLAY is not set.'
      : `DISPLAY "${display}" is not an X display.`,
    'Start codex-voice inside the desktop session, or bind a key of the desktop to `codex-voice toggle`.',
  );
}

/** Its listeners stay: an 'error' without a listener would end the process. */
function handshake(client: XClient, socket: Socket, signal: AbortSignal): Promise<XDisplay> {
  return new Promise((resolve, reject) => {
    client.on('connect', resolve);
    client.on('error', reject);
    const closed = (): void => reject(new Error('it closed the connection'));
    if (socket.destroyed) closed();
    socket.once('close', closed);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function unreachable(env: NodeJS.ProcessEnv, cause: unknown): VoiceError {
  const reason = (cause instanceof Error ? cause.message : String(cause)).trim();
  if (reason.startsWith('X server connection failed')) {
    return new VoiceError(
      'hotkey-unavailable',
      `The X server ${env.DISPLAY} refused the connection: ${reason.replace(/^[^:]*:\s*/, '')}.`,
      'Start codex-voice inside the desktop session, or set XAUTHORITY to the file with its cookie.',
      { cause },
    );
  }
  return new VoiceError(
    'display-lost',
    `The X server ${env.DISPLAY} does not answer: ${reason}.`,
    'The connection is retried until it is back. `codex-voice toggle` works meanwhile.',
    { cause },
  );
}
