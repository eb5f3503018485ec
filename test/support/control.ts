import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { encodeFrame, FrameDecoder } from '../../src/control/framing.ts';
import type { Gatekeeper } from '../../src/control/gatekeeper.ts';
import { type ControlHandlers, type ControlServer, createControlServer } from '../../src/control/server.ts';
import { EventQueue } from '../../src/event-queue.ts';
import { handlers, openGate } from './control-handlers.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface RunningServer {
  path: string;
  server: ControlServer;
}

/** A server on a real socket in a folder of its own, closed when the test has finished. */
export async function runServer(
  some: Partial<ControlHandlers> = {},
  gatekeeper: Gatekeeper = openGate,
): Promise<RunningServer> {
  const path = join(temporaryFolder(), 'run', 'control.sock');
  const logger = pino({ level: 'silent' });
  const server = await createControlServer({
    path,
    version: '1.2.3',
    handlers: handlers(some),
    gatekeeper,
    logger,
  });
  onTestFinished(() => server.close());
  return { path, server };
}

export interface RawMessage {
  jsonrpc: string;
  id?: number | string | null;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { code: number; message: string; data?: { code: string; hint: string } };
}

/** A client that can send anything. */
export class RawClient {
  readonly socket: Socket;
  readonly closed: Promise<unknown>;
  readonly #decoder = new FrameDecoder({ frame: 1e9, headers: 1e6 });
  readonly #messages = new EventQueue<RawMessage>();
  readonly #iterator = this.#messages[Symbol.asyncIterator]();

  static async connect(path: string): Promise<RawClient> {
    const socket = connect(path);
    onTestFinished(() => {
      socket.destroy();
    });
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.once('close', () => this.#messages.close());
    socket.on('data', (chunk) => {
      for (const body of this.#decoder.push(chunk)) this.#messages.push(JSON.parse(body.toString()));
    });
  }

  send(message: object): void {
    this.socket.write(encodeFrame({ jsonrpc: '2.0', ...message }));
  }

  async next(): Promise<RawMessage> {
    const { value, done } = await this.#iterator.next();
    if (done) throw new Error('the server has closed the connection');
    return value;
  }

  async call(id: number, method: string, params: object = {}): Promise<RawMessage> {
    this.send({ id, method, params });
    const response = await this.next();
    if (response.id !== id) throw new Error(`expected the response ${id}, got ${JSON.stringify(response)}`);
    return response;
  }

  async hello(): Promise<this> {
    await this.call(0, 'hello', { protocol: 1, client: 'raw' });
    return this;
  }
}
