import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import {
  AbstractMessageWriter,
  type CancellationToken,
  createMessageConnection,
  type Message,
  type MessageWriter,
  NullLogger,
  type ResponseError,
} from 'vscode-jsonrpc/node';
import type { z } from 'zod';
import type { ErrorReport } from '../errors.ts';
import { VoiceError } from '../errors.ts';
import { encodeFrame } from './framing.ts';
import { GuardedReader, type Rejection } from './guarded-reader.ts';
import { type ClientNotification, type Method, NOTIFICATION_PARAMS, PARAMS } from './params.ts';
import { LIMITS } from './protocol.ts';
import { protocolError, responseErrorOf } from './rpc-error.ts';

/** Time limit for `hello`, ms. */
const HELLO_MS = 10_000;
/** Time for a client to read its last results when the daemon closes, ms. */
const GOODBYE_MS = 500;

/** Handles checked messages of one client. */
export interface ClientListener {
  /** Returns the result, or throws. */
  onRequest(method: Method, params: unknown, signal: AbortSignal): Promise<unknown>;
  /** @throws VoiceError when it is refused: the client gets an error without an id */
  onNotification(method: ClientNotification, params: unknown): void;
  onClose(): void;
}

/**
 * One client on its socket: limits what it reads, never waits to write, and disconnects a client that violates the
 * protocol.
 */
export class ConnectedClient {
  readonly #socket: Socket;
  readonly #logger: Logger;
  readonly #listener: ClientListener;
  readonly #gone = new AbortController();
  readonly #helloTimer: NodeJS.Timeout;
  #name: string | null = null;
  #inFlight = 0;
  #ended = false;

  constructor(socket: Socket, logger: Logger, listener: (client: ConnectedClient) => ClientListener) {
    this.#socket = socket;
    this.#logger = logger;
    this.#listener = listener(this);
    this.#helloTimer = setTimeout(() => this.#disconnect('it did not say hello'), HELLO_MS);
    socket.on('error', (error) => this.#logger.debug({ err: error }, 'a control client failed'));
    socket.on('end', () => this.#endWhenAnswered(true));
    socket.on('close', () => this.#closed());
    const reader = new GuardedReader(socket, LIMITS, (rejection) => this.#rejected(rejection));
    const connection = createMessageConnection(reader, new Writer(this), NullLogger);
    connection.onRequest((method, params, token) => this.#request(method, params, token));
    connection.onNotification((method, params) => this.#notified(method, params));
    connection.listen();
    socket.on('close', () => connection.dispose());
  }

  /** Its name in `hello`; null before that. */
  get name(): string | null {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
    clearTimeout(this.#helloTimer);
  }

  /** Aborts when the client has disconnected. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Writes a frame. @param droppable leave it out when the client is behind */
  send(frame: Buffer, droppable = false): void {
    if (!this.#socket.writable) return;
    if (droppable && this.#socket.writableLength > LIMITS.dropAbove) return;
    this.#socket.write(frame);
    if (this.#socket.writableLength > LIMITS.disconnectAbove) this.#disconnect('it does not read');
  }

  /** Lets the client read pending output for a moment, then closes. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) {
        resolve();
        return;
      }
      const timer = setTimeout(() => this.#socket.destroy(), GOODBYE_MS);
      this.#socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      this.#socket.end(() => this.#socket.destroy());
    });
  }

  async #request(method: string, params: unknown, token: CancellationToken): Promise<unknown> {
    if (this.#inFlight >= LIMITS.requests) return responseErrorOf(busy());
    this.#inFlight += 1;
    const cancelled = new AbortController();
    const subscription = token.onCancellationRequested(() => cancelled.abort());
    try {
      const known = asMethod(method);
      if (this.#name === null && known !== 'hello')
        return protocolError('ServerNotInitialized', 'Say hello first.');
      if (known === null) return protocolError('MethodNotFound', `There is no request "${method}".`);
      const checked = PARAMS[known].safeParse(params ?? {});
      if (!checked.success) return invalidParams(method, checked.error);
      return await this.#listener.onRequest(
        known,
        checked.data,
        AbortSignal.any([cancelled.signal, this.signal]),
      );
    } catch (error) {
      if (!(error instanceof VoiceError))
        this.#logger.error({ err: error, method }, 'a control request failed');
      return responseErrorOf(error);
    } finally {
      subscription.dispose();
      this.#inFlight -= 1;
      // After the response, which is written when this promise has settled.
      setImmediate(() => this.#endWhenAnswered(this.#ended));
    }
  }

  /** A notification has no response, so an invalid one gets an error without an id. */
  #notified(method: string, params: unknown): void {
    const known = asNotification(method);
    if (known === null || this.#name === null) {
      this.#logger.debug({ client: this.#name }, 'an unknown or early control notification');
      return;
    }
    const checked = NOTIFICATION_PARAMS[known].safeParse(params ?? {});
    if (!checked.success) {
      this.#rejected({ error: invalidParams(method, checked.error), id: null, fatal: false });
      return;
    }
    try {
      this.#listener.onNotification(known, checked.data);
    } catch (error) {
      if (!(error instanceof VoiceError)) throw error;
      this.#rejected({ error: responseErrorOf(error), id: null, fatal: false });
    }
  }

  #rejected({ error, id, fatal }: Rejection): void {
    this.#logger.debug({ client: this.#name, reason: error.message }, 'a malformed control message');
    this.send(encodeFrame({ jsonrpc: '2.0', id, error: error.toJson() }));
    if (fatal) void this.close();
  }

  /** A client may close its writing side and still wait for results. */
  #endWhenAnswered(ended: boolean): void {
    this.#ended = ended;
    // Messages that have arrived are dispatched one by one; let them finish.
    if (ended && this.#inFlight === 0) setTimeout(() => this.#inFlight === 0 && void this.close(), 100);
  }

  #disconnect(reason: string): void {
    this.#logger.warn({ client: this.#name, reason }, 'a control client is disconnected');
    this.#socket.destroy();
  }

  #closed(): void {
    clearTimeout(this.#helloTimer);
    this.#gone.abort();
    this.#listener.onClose();
  }
}

/** vscode-jsonrpc's writer waits for the socket before each message, so its queue is not limited. */
class Writer extends AbstractMessageWriter implements MessageWriter {
  readonly #client: ConnectedClient;

  constructor(client: ConnectedClient) {
    super();
    this.#client = client;
  }

  write(message: Message): Promise<void> {
    this.#client.send(encodeFrame(message));
    return Promise.resolve();
  }

  end(): void {
    void this.#client.close();
  }
}

function asMethod(name: string): Method | null {
  return Object.hasOwn(PARAMS, name) ? (name as Method) : null;
}

function asNotification(name: string): ClientNotification | null {
  return Object.hasOwn(NOTIFICATION_PARAMS, name) ? (name as ClientNotification) : null;
}

function invalidParams(method: string, error: z.ZodError): ResponseError<ErrorReport> {
  const reasons = error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'params'}: ${message}`);
  return protocolError('InvalidParams', `The parameters of ${method} are wrong: ${reasons.join('; ')}.`);
}

function busy(): VoiceError {
  const message = `This client already waits for ${LIMITS.requests} answers.`;
  return new VoiceError('protocol-too-large', message, 'Wait until some of them are answered.');
}
