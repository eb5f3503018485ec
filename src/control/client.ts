import { connect as connectSocket, type Socket } from 'node:net';
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  NullLogger,
  ParameterStructures,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type { z } from 'zod';
import { VoiceError } from '../errors.ts';
import { VERSION } from '../version.ts';
import type { Address, Endpoint } from './endpoint.ts';
import { type ControlEvent, EVENTS, PAYLOADS, TERMINAL_OUTPUT, type TerminalOutput } from './events.ts';
import { introduce } from './introduction.ts';
import type { ClientNotification, Method, NotificationParams, Params } from './params.ts';
import { daemonUnproven, isProof } from './proof.ts';
import { FEATURES, VERSIONS } from './protocol.ts';
import { RESULTS, type Results } from './results.ts';
import { errorOfResponse, isOfProtocol } from './rpc-error.ts';
import { systemEndpoint } from './system-endpoint.ts';

interface ConnectOptions {
  /** Paths.controlSocket. */
  path: string;
  /** Default: the kind for this system. */
  endpoint?: Endpoint;
  /** Name of this client in the daemon's log. */
  client: string;
  /** How long to wait for the daemon, ms. Default: 5,000. */
  timeoutMs?: number;
}

interface RequestOptions<K = string> {
  /** How long to wait for the result, ms; 0: without a limit. Default: 10,000, or 0 for `ask` and `attach`. */
  timeoutMs?: number;
  /**
   * The fields of the result that the caller needs, because a daemon of another version may leave out others. Default:
   * all.
   */
  needs?: readonly K[];
  /** Cancels the request; it rejects with the reason. */
  signal?: AbortSignal;
}

/**
 * Connects to the daemon and says hello. Where the address has a key, the daemon must prove that it knows it.
 * @throws VoiceError daemon-missing, protocol-version, daemon-failed, daemon-unproven
 */
export async function connectControl(options: ConnectOptions): Promise<ControlClient> {
  const address = (options.endpoint ?? systemEndpoint()).find(options.path);
  if (address === null) throw daemonMissing();
  const client = new ControlClient(await open(address.path));
  try {
    await client.greet(options.client, address, options.timeoutMs ?? 5_000);
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** A connection to the daemon. The caller closes it. */
export class ControlClient {
  /** Resolves when the connection has ended, for any reason. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #connection: MessageConnection;
  readonly #listeners = new Set<(event: ControlEvent) => void>();
  readonly #outputListeners = new Set<(data: string) => void>();
  readonly #gone = new AbortController();
  #failure: VoiceError | null = null;
  #server: Results['hello'] = { protocol: 0, ...VERSIONS, features: [], version: '', pid: 0 };

  constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.once('close', () => this.#gone.abort(lost()));
    const reader = new StreamMessageReader(socket);
    // Its timer would keep the process alive when the daemon dies in the middle of a message.
    reader.partialMessageTimeout = 0;
    this.#connection = createMessageConnection(reader, new StreamMessageWriter(socket), NullLogger);
    // The socket's 'close' event follows every error and is handled.
    this.#connection.onError(() => socket.destroy());
    for (const event of EVENTS) {
      this.#connection.onNotification(event, (payload) => {
        if (this.#understands(event, PAYLOADS[event], payload))
          this.#emit({ event, payload } as ControlEvent);
      });
    }
    this.#connection.onNotification('terminal/output', (output: TerminalOutput) => {
      if (!this.#understands('terminal/output', TERMINAL_OUTPUT, output)) return;
      for (const listener of this.#outputListeners) listener(output.data);
    });
    this.#connection.listen();
  }

  /** The daemon, as it has introduced itself. */
  get server(): Results['hello'] {
    return this.#server;
  }

  /** Why this side ended the connection: a message of the daemon was unreadable; null: it was not. */
  get failure(): VoiceError | null {
    return this.#failure;
  }

  /** The first request of a connection; connectControl() makes it. */
  async greet(client: string, { path, key }: Address, timeoutMs: number): Promise<void> {
    const { oldest, newest } = VERSIONS;
    const hello = { protocol: newest, oldest, features: [...FEATURES], client };
    if (key === null) {
      this.#server = await this.request('hello', hello, { timeoutMs });
      return;
    }
    const introduction = await introduce({ path, key });
    try {
      const server = await this.request('hello', { ...hello, ...introduction.params }, { timeoutMs });
      if (!isProof(server.proof, key, 'daemon', introduction.params.nonce)) throw daemonUnproven();
      this.#server = server;
    } finally {
      introduction.close();
    }
  }

  /**
   * @throws VoiceError reported by the daemon; daemon-failed when it does not answer in time or has ended; the reason
   * of `signal`
   */
  async request<M extends Method, K extends keyof Results[M] = keyof Results[M]>(
    method: M,
    params: Params<M>,
    options: RequestOptions<K> = {},
  ): Promise<Pick<Results[M], K>> {
    const waits = method === 'ask' || method === 'attach';
    const timeoutMs = options.timeoutMs ?? (waits ? 0 : 10_000);
    const cancellation = new CancellationTokenSource();
    const late = new AbortController();
    const timer =
      timeoutMs > 0 ? setTimeout(() => late.abort(silent(method, timeoutMs)), timeoutMs) : undefined;
    const signals = [late.signal, this.#gone.signal, ...(options.signal ? [options.signal] : [])];
    const stop = AbortSignal.any(signals);
    const stopped = rejection(stop);
    let failure: VoiceError;
    try {
      stop.throwIfAborted();
      const { byName } = ParameterStructures;
      const response = this.#connection.sendRequest<Results[M]>(method, byName, params, cancellation.token);
      const result = await Promise.race([response, stopped.promise]);
      const read = schemaOf(method, options.needs).safeParse(result);
      if (read.success) return result;
      failure = this.#unreadable(`answered "${method}"`, read.error);
    } catch (error) {
      if (stop.aborted) {
        if (!this.#gone.signal.aborted) cancellation.cancel();
        throw stop.reason;
      }
      const reported = errorOfResponse(error) ?? lost(error);
      failure =
        isOfProtocol(error) && this.#differs ? this.#unreadable(`answered "${method}"`, reported) : reported;
    } finally {
      clearTimeout(timer);
      stopped.dispose();
    }
    throw failure;
  }

  get #differs(): boolean {
    return this.#server.version !== VERSION && this.#server.version !== '';
  }

  /** Ends the connection after an unreadable message, because going on would show a wrong state. */
  #understands(name: string, schema: z.ZodType, payload: unknown): boolean {
    if (this.#failure !== null) return false;
    const read = schema.safeParse(payload);
    if (read.success) return true;
    this.#failure = this.#unreadable(`sent "${name}"`, read.error);
    this.#gone.abort(this.#failure);
    this.#socket.destroy();
    return false;
  }

  /** The error for incompatible versions of program and daemon. @param did what the daemon did */
  #unreadable(did: string, cause: unknown): VoiceError {
    const { version } = this.#server;
    if (!this.#differs) {
      const hint = 'Run `codex-voice restart`. The log has the details.';
      return new VoiceError('daemon-failed', `The daemon ${did} in an unknown form.`, hint, {
        cause,
      });
    }
    return new VoiceError(
      'protocol-version',
      `The daemon is codex-voice ${version}, this program is ${VERSION}: they are not compatible.`,
      'Run `codex-voice restart`, or `codex-voice stop` and `codex-voice start`.',
      { cause },
    );
  }

  /** Sends a notification of an attached client. Does nothing when the daemon has ended. */
  notify<N extends ClientNotification>(notification: N, params: NotificationParams<N>): void {
    if (this.#gone.signal.aborted) return;
    this.#connection.sendNotification(notification, ParameterStructures.byName, params).catch(() => {
      this.#socket.destroy();
    });
  }

  /** Adds a listener for subscribed events; call the result to remove it. */
  onEvent(listener: (event: ControlEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Adds a listener for the hidden terminal's output; call the result to remove it. */
  onOutput(listener: (data: string) => void): () => void {
    this.#outputListeners.add(listener);
    return () => this.#outputListeners.delete(listener);
  }

  close(): void {
    this.#gone.abort(lost());
    this.#socket.destroySoon();
  }

  #emit(event: ControlEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function schemaOf(method: Method, needs?: readonly PropertyKey[]): z.ZodType {
  const whole: z.ZodObject = RESULTS[method];
  const fields: Record<string, true> = Object.fromEntries((needs ?? []).map((field) => [field, true]));
  return needs ? whole.pick(fields) : whole;
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(path);
    const onError = (cause: Error): void => reject(daemonMissing(cause));
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      resolve(socket);
    });
  });
}

function daemonMissing(cause?: unknown): VoiceError {
  return new VoiceError('daemon-missing', 'No daemon is running.', 'Run `codex-voice start`.', { cause });
}

function rejection(signal: AbortSignal): { promise: Promise<never>; dispose(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  // The promise may have no handler when the signal aborts.
  promise.catch(() => undefined);
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return { promise, dispose: () => signal.removeEventListener('abort', onAbort) };
}

function lost(cause?: unknown): VoiceError {
  const hint = 'Run `codex-voice status` to see whether it runs. The log has its last messages.';
  return new VoiceError('daemon-failed', 'The connection to the daemon was lost.', hint, { cause });
}

function silent(method: string, ms: number): VoiceError {
  const hint = 'If it does not answer again, run `codex-voice restart`.';
  return new VoiceError('daemon-failed', `The daemon did not answer "${method}" within ${ms} ms.`, hint);
}
