import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import { unwritable } from '../files/private-files.ts';
import { type ClientListener, ConnectedClient } from './connected-client.ts';
import type { Claim, Endpoint } from './endpoint.ts';
import type { ControlEvent, EventName } from './events.ts';
import { encodeFrame } from './framing.ts';
import type { Gate, Gatekeeper } from './gatekeeper.ts';
import type { CheckedParams, ClientNotification, Method, NotificationParams } from './params.ts';
import { clientUnproven, isProof, proofOf } from './proof.ts';
import { commonVersion, FEATURES, LIMITS, VERSIONS, type Versions } from './protocol.ts';
import type { Results } from './results.ts';
import { systemEndpoint } from './system-endpoint.ts';

/** The client that sent a request, as its handler sees it. */
export interface ControlPeer {
  /** Its name in `hello`. */
  readonly name: string;
  /** Aborts when it has disconnected. */
  readonly signal: AbortSignal;
  /** Sends output of the hidden terminal to an attached client. */
  output(data: string): void;
}

/** The server itself handles these two. */
type OwnMethod = 'hello' | 'subscribe';

/** Handlers of the daemon. A VoiceError becomes an error response. */
export type ControlHandlers = {
  /** `signal` aborts when the client cancels the request or disconnects. */
  [M in Exclude<Method, OwnMethod>]: (
    params: CheckedParams<M>,
    peer: ControlPeer,
    signal: AbortSignal,
  ) => Promise<Results[M]>;
} & {
  [N in ClientNotification]: (params: NotificationParams<N>, peer: ControlPeer) => void;
};

interface ControlServerOptions {
  /** Paths.controlSocket; its folder is made private. */
  path: string;
  /** Default: the kind for this system. */
  endpoint?: Endpoint;
  /** Version of this program. */
  version: string;
  handlers: ControlHandlers;
  /** Decides what each client may do. */
  gatekeeper: Gatekeeper;
  logger: Logger;
}

export interface ControlServer {
  /** Sends an event to the clients that have subscribed to it. */
  broadcast(event: ControlEvent): void;
  /** Gives clients a moment to read their last results, then closes. */
  close(): Promise<void>;
}

/**
 * Listens for clients on a private Unix socket or, on Windows, on a named pipe.
 * @throws VoiceError daemon-running, folder-unsafe, state-unwritable
 */
export async function createControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const claim = await (options.endpoint ?? systemEndpoint()).claim(options.path);
  const clients = new Clients(options, claim.key);
  const server = createServer({ allowHalfOpen: true }, (socket) => clients.add(socket));
  try {
    await listen(server, claim);
  } catch (error) {
    server.close();
    claim.release();
    throw unwritable(options.path, error);
  }
  server.on('error', (error) => options.logger.error({ err: error }, 'the control socket failed'));
  return {
    broadcast: (event) => clients.broadcast(event),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await clients.close();
      await closed;
      claim.release();
    },
  };
}

async function listen(server: Server, claim: Claim): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(claim.path, () => {
      server.off('error', reject);
      resolve();
    });
  });
  claim.publish();
}

interface Subscription {
  events: ReadonlySet<EventName>;
  utterance: string | undefined;
}

/** A lost event of these is replaced by the next one. */
const DROPPABLE: ReadonlySet<EventName> = new Set(['level', 'partial']);

class Clients {
  readonly #options: ControlServerOptions;
  readonly #key: Buffer | null;
  readonly #subscriptions = new Map<ConnectedClient, Subscription>();

  constructor(options: ControlServerOptions, key: Buffer | null) {
    this.#options = options;
    this.#key = key;
  }

  add(socket: Socket): void {
    const { logger, gatekeeper } = this.#options;
    if (this.#subscriptions.size >= LIMITS.clients) {
      logger.warn({ clients: this.#subscriptions.size }, 'too many control clients, one is refused');
      socket.destroy();
      return;
    }
    const gate = gatekeeper.admit(socket);
    const client = new ConnectedClient(socket, logger, (connected) => this.#listener(connected, gate));
    this.#subscriptions.set(client, { events: new Set(), utterance: undefined });
  }

  broadcast({ event, payload }: ControlEvent): void {
    const about = 'utterance' in payload ? payload.utterance : null;
    const wanted = [...this.#subscriptions].filter(
      ([, { events, utterance }]) => events.has(event) && (!utterance || !about || utterance === about),
    );
    if (wanted.length === 0) return;
    const frame = encodeFrame({ jsonrpc: '2.0', method: event, params: payload });
    for (const [client] of wanted) client.send(frame, DROPPABLE.has(event));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions.keys()].map((client) => client.close()));
  }

  #listener(client: ConnectedClient, gate: Gate): ClientListener {
    const { handlers, logger } = this.#options;
    const check = (call: Method | ClientNotification): void => {
      const refusal = gate.refusal(call);
      if (refusal === null) return;
      logger.warn({ client: client.name, call, reason: refusal.message }, 'a control client was refused');
      throw refusal;
    };
    const peer: ControlPeer = {
      get name() {
        return client.name ?? '';
      },
      signal: client.signal,
      output: (data) =>
        client.send(encodeFrame({ jsonrpc: '2.0', method: 'terminal/output', params: { data } })),
    };
    return {
      onRequest: async (method, params, signal) => {
        if (method === 'hello') return this.#hello(client, gate, params as CheckedParams<'hello'>);
        if (method === 'subscribe') return this.#subscribe(client, params as CheckedParams<'subscribe'>);
        check(method);
        // The parameters were checked against the schema of this method.
        const handler = handlers[method] as (
          params: unknown,
          peer: ControlPeer,
          signal: AbortSignal,
        ) => unknown;
        return handler(params, peer, signal);
      },
      onNotification: (method, params) => {
        check(method);
        const handler = handlers[method] as (params: unknown, peer: ControlPeer) => void;
        handler(params, peer);
      },
      onClose: () => this.#subscriptions.delete(client),
    };
  }

  async #hello(
    client: ConnectedClient,
    gate: Gate,
    params: CheckedParams<'hello'>,
  ): Promise<Results['hello']> {
    const { version, logger } = this.#options;
    const { nonce = '' } = params;
    const key = this.#key;
    if (key !== null && !isProof(params.proof, key, 'client', nonce)) {
      logger.warn({ client: params.client }, 'a control client did not prove that it knows the key');
      throw clientUnproven();
    }
    const theirs = { oldest: params.oldest ?? params.protocol, newest: params.protocol };
    const protocol = commonVersion(theirs, VERSIONS);
    if (protocol === null) {
      throw new VoiceError(
        'protocol-version',
        `The daemon (${version}) speaks ${named(VERSIONS)}, the client ${named(theirs)}.`,
        'Run `codex-voice restart` after an update; update other clients to the version of the daemon.',
      );
    }
    if (key !== null)
      await gate.introduce?.({ pipe: params.pipe ?? null, words: proofOf(key, 'process', nonce) });
    client.name = params.client;
    const features = FEATURES.filter((feature) => params.features.includes(feature));
    const proof = key === null ? {} : { proof: proofOf(key, 'daemon', nonce) };
    return { protocol, ...VERSIONS, features, version, pid: process.pid, ...proof };
  }

  #subscribe(client: ConnectedClient, params: CheckedParams<'subscribe'>): Results['subscribe'] {
    const events = new Set(params.events);
    this.#subscriptions.set(client, { events, utterance: params.utterance });
    return { events: [...events] };
  }
}

function named({ oldest, newest }: Versions): string {
  return oldest === newest ? `protocol ${newest}` : `protocols ${oldest} to ${newest}`;
}
