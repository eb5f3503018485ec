import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { z } from 'zod';

/** Message types: sway-ipc(7). */
export const MESSAGE = {
  command: 0,
  subscribe: 2,
  tree: 4,
  version: 7,
  config: 9,
} as const;

/** Event types have the highest bit set. */
const EVENT = 0x8000_0000;
const EVENT_NAMES: Readonly<Record<number, string>> = {
  [EVENT]: 'workspace',
  [EVENT + 3]: 'window',
  [EVENT + 5]: 'binding',
  [EVENT + 6]: 'shutdown',
};

const RESULTS = z.array(z.object({ success: z.boolean(), error: z.string().optional() }));

const MAGIC = 'i3-ipc';
const HEADER_BYTES = 14;
/** Longest message, bytes: ten times sway's tree with a thousand windows. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Time limit for an answer, ms. sway takes milliseconds, unless it is frozen. */
const LIMIT_MS = 2_000;

/** An event of sway. Untrusted, because it contains titles. */
export interface SwayEvent {
  name: string;
  payload: unknown;
}

/** A connection to sway's socket. The creator disposes of it. Verified with sway 1.7. */
export class SwayConnection implements Disposable {
  readonly #socket: Socket;
  readonly #onEvent: (event: SwayEvent) => void;
  /** Open questions. sway answers in the same order. */
  readonly #asked: PromiseWithResolvers<unknown>[] = [];
  #received: Buffer = Buffer.alloc(0);
  /** Resolves with the reason when it has ended; never rejects. */
  readonly closed: Promise<Error>;

  private constructor(socket: Socket, onEvent: (event: SwayEvent) => void) {
    this.#socket = socket;
    this.#onEvent = onEvent;
    const { promise, resolve } = Promise.withResolvers<Error>();
    let reason = new Error('sway closed the connection');
    socket.on('data', (data) => this.#take(data));
    socket.on('error', (error) => {
      reason = error;
    });
    socket.on('close', () => {
      for (const { reject } of this.#asked.splice(0)) reject(reason);
      resolve(reason);
    });
    this.closed = promise;
  }

  /** @throws Error when nothing listens there */
  static async open(
    path: string,
    onEvent: (event: SwayEvent) => void = () => undefined,
  ): Promise<SwayConnection> {
    const socket = createConnection(path);
    await once(socket, 'connect');
    return new SwayConnection(socket, onEvent);
  }

  /** @returns the answer, parsed. @throws Error when the connection ends, or after 2 s */
  async ask(type: number, payload = ''): Promise<unknown> {
    if (this.#socket.destroyed) throw new Error('the connection to sway has ended');
    const asked = Promise.withResolvers<unknown>();
    this.#asked.push(asked);
    const body = Buffer.from(payload);
    const header = Buffer.alloc(HEADER_BYTES);
    header.write(MAGIC);
    header.writeUInt32LE(body.length, 6);
    header.writeUInt32LE(type, 10);
    this.#socket.write(Buffer.concat([header, body]));
    // A late answer would be taken for the next one, so the connection becomes useless.
    const timer = setTimeout(() => this.#socket.destroy(new Error('sway does not answer')), LIMIT_MS);
    try {
      return await asked.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Runs a command. @returns why sway refuses it; null: it does not @throws as ask() does */
  async run(command: string): Promise<string | null> {
    const results = RESULTS.parse(await this.ask(MESSAGE.command, command));
    const failed = results.find(({ success }) => !success);
    return failed ? (failed.error ?? 'no reason given') : null;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #take(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    while (this.#received.length >= HEADER_BYTES) {
      const length = this.#received.readUInt32LE(6);
      if (length > MOST_BYTES || this.#received.toString('latin1', 0, MAGIC.length) !== MAGIC) {
        this.#socket.destroy(new Error('what it sends is not the protocol of sway'));
        return;
      }
      if (this.#received.length < HEADER_BYTES + length) return;
      const type = this.#received.readUInt32LE(10);
      const body = this.#received.toString('utf8', HEADER_BYTES, HEADER_BYTES + length);
      this.#received = this.#received.subarray(HEADER_BYTES + length);
      this.#deliver(type, body);
    }
  }

  #deliver(type: number, body: string): void {
    let payload: unknown;
    try {
      payload = JSON.parse(body);
    } catch {
      this.#socket.destroy(new Error('what it sends is not JSON'));
      return;
    }
    if (type < EVENT) this.#asked.shift()?.resolve(payload);
    else this.#onEvent({ name: EVENT_NAMES[type] ?? 'unknown', payload });
  }
}
