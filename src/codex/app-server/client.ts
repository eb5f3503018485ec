import type { Logger } from 'pino';
import { WebSocket } from 'ws';
import * as protocol from '../protocol.ts';
import { ConnectionLost, notAnswered, RequestError, unreadable } from './client-errors.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** Codex answers within milliseconds, but a cold start with many plugins may take seconds. */
const REQUEST_TIMEOUT_MS = 30_000;
/** A thread with all its turns arrives as one message. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/** Address of an app-server and its token. */
export interface ServerAddress {
  /** ws://127.0.0.1:PORT, or ws+unix:PATH:/ */
  url: string;
  /** The same in the form for Codex's terminal: ws://127.0.0.1:PORT or unix://PATH */
  remote: string;
  /** Sent as a bearer token; without it a client gets HTTP 401 (Codex 0.169.0). Null: the server needs none. */
  token: string | null;
}

interface Waiting {
  method: protocol.Method;
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

interface ClientListener {
  notification(notification: protocol.Notification): void;
  request(request: protocol.UserRequest): void;
  /** Called when the connection has ended; nothing follows. */
  closed(): void;
}

/**
 * A JSON-RPC client of `codex app-server` over a WebSocket. One listener gets all notifications in order. It is not an
 * EventEmitter, because a notification of Codex is named "error".
 */
export class AppServerClient {
  readonly #socket: WebSocket;
  readonly #logger: Logger;
  readonly #waiting = new Map<number, Waiting>();
  #listener: ClientListener | null = null;
  #ids = 0;

  private constructor(socket: WebSocket, logger: Logger) {
    this.#socket = socket;
    this.#logger = logger;
    socket.on('message', (data) => this.#receive(String(data)));
    socket.on('error', (error) => logger.debug({ err: error }, 'the connection to Codex failed'));
    socket.on('close', (code) => this.#closed(code));
  }

  /** @throws Error when no server listens there, or the token is wrong */
  static async connect(
    { url, token }: Omit<ServerAddress, 'remote'>,
    logger: Logger,
  ): Promise<AppServerClient> {
    const socket = new WebSocket(url, {
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
      handshakeTimeout: CONNECT_TIMEOUT_MS,
      maxPayload: MAX_MESSAGE_BYTES,
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('open', resolve);
    socket.once('error', reject);
    await promise;
    return new AppServerClient(socket, logger);
  }

  /** Sets the listener for server notifications. Earlier ones are not replayed. */
  listen(listener: ClientListener): void {
    this.#listener = listener;
  }

  get open(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /**
   * Sends a request and waits for its result. @throws RequestError, ConnectionLost; VoiceError codex-down,
   * codex-version
   */
  async request<M extends protocol.Method>(
    method: M,
    params: protocol.ParamsOf[M],
    timeoutMs = REQUEST_TIMEOUT_MS,
  ): Promise<protocol.ResultOf<M>> {
    if (!this.open) throw new ConnectionLost(method);
    const id = ++this.#ids;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { method, resolve, reject });
    const timer = setTimeout(() => reject(notAnswered(method, timeoutMs)), timeoutMs);
    this.#send({ id, method, params });
    try {
      const result = protocol.results[method].safeParse(await promise);
      if (!result.success) throw unreadable(method, result.error);
      return result.data as protocol.ResultOf<M>;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  notify(method: 'initialized'): void {
    this.#send({ method });
  }

  /** Answers a request of Codex. @throws ConnectionLost */
  respond(id: protocol.RequestId, result: unknown): void {
    if (!this.open) throw new ConnectionLost('a request');
    this.#send({ id, result });
  }

  close(): void {
    this.#socket.terminate();
  }

  #send(message: object): void {
    this.#socket.send(JSON.stringify(message), (error) => {
      if (error) this.#logger.debug({ err: error }, 'a message to Codex was not sent');
    });
  }

  #receive(data: string): void {
    const message = parseMessage(data);
    if (!message) {
      this.#logger.warn({ length: data.length }, 'Codex sent what is not a message');
    } else if (message.method === undefined) {
      this.#settle(message);
    } else if (message.id === undefined) {
      this.#notified(message.method, message.params);
    } else {
      this.#requested(message.method, message.id, message.params);
    }
  }

  #settle(message: protocol.Message): void {
    const waiting = typeof message.id === 'number' ? this.#waiting.get(message.id) : undefined;
    if (!waiting) return;
    if (message.error) {
      waiting.reject(new RequestError(waiting.method, message.error.code, message.error.message));
    } else {
      waiting.resolve(message.result);
    }
  }

  #notified(method: string, params: unknown): void {
    if (!Object.hasOwn(protocol.notifications, method)) return;
    const parsed = protocol.notifications[method as protocol.NotificationMethod].safeParse(params);
    if (!parsed.success) {
      this.#logger.warn({ method, err: parsed.error }, 'Codex sent a notification of another form');
      return;
    }
    this.#listener?.notification({ method, params: parsed.data } as protocol.Notification);
  }

  #requested(method: string, id: protocol.RequestId, params: unknown): void {
    if (!Object.hasOwn(protocol.userRequests, method)) {
      this.#logger.info({ method }, 'Codex asks for something that the terminal answers');
      return;
    }
    const parsed = protocol.userRequests[method as protocol.UserRequestMethod].safeParse(params);
    if (!parsed.success) {
      this.#logger.warn({ method, err: parsed.error }, 'Codex sent a request of another form');
      this.#listener?.request({ method: 'unknown', id, params: { asked: method } });
    } else this.#listener?.request({ method, id, params: parsed.data } as protocol.UserRequest);
  }

  #closed(code: number): void {
    this.#logger.debug({ code }, 'the connection to Codex is closed');
    for (const waiting of this.#waiting.values()) {
      waiting.reject(new ConnectionLost(waiting.method));
    }
    this.#listener?.closed();
  }
}

function parseMessage(data: string): protocol.Message | null {
  try {
    return protocol.message.safeParse(JSON.parse(data)).data ?? null;
  } catch {
    return null; // Not JSON; the caller logs it.
  }
}
