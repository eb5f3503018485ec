import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Backoff } from '../../processes/backoff.ts';
import { XConnection } from '../../x11/connection.ts';
import { readRootProperty } from '../../x11/root-property.ts';
import {
  type PublishedServer,
  type PulseAddress,
  pulseAddresses,
  readCookie,
  readMachineId,
} from './address.ts';
import { PulseConnection } from './connection.ts';
import { readWorld } from './queries.ts';
import type { SoundWorld } from './sound-world.ts';

/** Time limit for one connection attempt, ms; a healthy server takes one. */
const CONNECT_MS = 1_000;
/** Time limit for the X server to report the address of the sound server, ms. */
const DISPLAY_MS = 300;
/** After this many failures the pause is long. A file watch and the next key press notice a new server. */
const MANY_FAILURES = 8;
const LONG_PAUSE_MS = 30_000;
/** A server binds its socket some ms before it listens. */
const SOCKET_APPEARED_MS = 50;
/** Changes come in swarms, and one when a stream opens: its first sound is not to wait for the answer. */
const SETTLE_MS = 50;

/** Keeps a connection to the sound server, and what the server has, up to date. The connection takes no sound. */
export class PulseLink {
  readonly #env: NodeJS.ProcessEnv;
  readonly #logger: Logger;
  readonly #closed = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #kept: Promise<void>;
  #connection: PulseConnection | null = null;
  #attempt: Promise<PulseConnection> | null = null;
  #addresses: PulseAddress[] = [];
  #world: SoundWorld | null = null;
  #refresh: NodeJS.Timeout | null = null;
  #wake = new AbortController();

  constructor(env: NodeJS.ProcessEnv, logger: Logger) {
    this.#env = env;
    this.#logger = logger;
    this.#kept = this.#keep();
  }

  /** State of the server; null while there is no connection. */
  get world(): SoundWorld | null {
    return this.#world;
  }

  /** Returns the connection, connecting if necessary. @throws Error with the reason why there is no server */
  connection(): Promise<PulseConnection> {
    const connection = this.#connection;
    if (connection !== null && !connection.ended) return Promise.resolve(connection);
    this.#attempt ??= this.#connect().finally(() => {
      this.#attempt = null;
      this.#wake.abort();
    });
    return this.#attempt;
  }

  /** Calls back when the world has changed. @returns ends that */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed.abort(new Error('the microphone was closed'));
    this.#wake.abort();
    if (this.#refresh) clearTimeout(this.#refresh);
    this.#connection?.close();
    await this.#kept;
  }

  async #keep(): Promise<void> {
    const backoff = new Backoff();
    while (!this.#closed.signal.aborted) {
      try {
        const connection = await this.connection();
        backoff.reset();
        const reason = await connection.closed;
        if (!this.#closed.signal.aborted) this.#logger.info({ reason: reason.message }, 'sound server lost');
      } catch (error) {
        this.#logger.debug({ err: error }, 'no sound server');
      }
      this.#changeWorld(null);
      await this.#pause(backoff.failures >= MANY_FAILURES ? LONG_PAUSE_MS : backoff.next());
    }
  }

  async #connect(): Promise<PulseConnection> {
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(CONNECT_MS)]);
    const published = await this.#published(signal);
    const cookie = await readCookie(this.#env, published);
    this.#addresses = pulseAddresses(this.#env, published, await readMachineId());
    let problem: unknown = new Error('there is no address of a sound server');
    for (const address of this.#addresses) {
      try {
        return await this.#use(await PulseConnection.open(address, cookie, signal), signal);
      } catch (error) {
        // An error of the user's own server is more useful than the missing system server.
        if (address === this.#addresses[0]) problem = error;
      }
    }
    throw problem;
  }

  async #use(connection: PulseConnection, signal: AbortSignal): Promise<PulseConnection> {
    const stop = () => connection.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await connection.subscribe(() => this.#settle());
      const world = await readWorld(connection);
      signal.throwIfAborted();
      this.#changeWorld(world);
    } catch (error) {
      connection.close();
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
    this.#connection = connection;
    this.#logger.info({ server: this.#world?.server }, 'connected to the sound server');
    return connection;
  }

  /** Reads the address from the X server, if the environment has none. */
  async #published(signal: AbortSignal): Promise<PublishedServer | null> {
    if (this.#env.PULSE_SERVER || !this.#env.DISPLAY) return null;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(DISPLAY_MS)]);
    try {
      using connection = await XConnection.open(this.#env, this.#logger, limit);
      const [server, cookie] = await Promise.all([
        readRootProperty(connection, 'PULSE_SERVER'),
        readRootProperty(connection, 'PULSE_COOKIE'),
      ]);
      return { server, cookie };
    } catch (error) {
      this.#logger.debug({ err: error }, 'the X server says nothing about a sound server');
      return null;
    }
  }

  /** Asks again what the server has, once it is quiet. */
  #settle(): void {
    this.#refresh ??= setTimeout(() => {
      this.#refresh = null;
      const connection = this.#connection;
      if (connection === null || connection.ended) return;
      readWorld(connection).then(
        (world) => this.#changeWorld(world),
        (error: unknown) => this.#logger.debug({ err: error }, 'the sound server did not say what it has'),
      );
    }, SETTLE_MS);
  }

  #changeWorld(world: SoundWorld | null): void {
    this.#world = world;
    for (const listener of this.#listeners) listener();
  }

  /** Waits, but not longer than until a server starts or a connection is requested. */
  async #pause(milliseconds: number): Promise<void> {
    this.#wake = new AbortController();
    const { signal } = this.#wake;
    if (this.#closed.signal.aborted) return;
    const watchers = this.#addresses.flatMap((address) =>
      'path' in address ? this.#watch(address.path) : [],
    );
    try {
      await delay(milliseconds, undefined, { signal });
    } catch (error) {
      if (!(error instanceof Error && error.name === 'AbortError')) throw error;
    } finally {
      for (const watcher of watchers) watcher.close();
    }
  }

  /** Sees a socket appear, or the folder that it is made in. */
  #watch(path: string): FSWatcher[] {
    const watchers: FSWatcher[] = [];
    for (const target of [path, dirname(path)]) {
      try {
        const watcher = watch(dirname(target), (_, name) => {
          if (name === basename(target)) setTimeout(() => this.#wake.abort(), SOCKET_APPEARED_MS);
        });
        watcher.on('error', () => watcher.close());
        watchers.push(watcher);
      } catch {
        // No such folder: the one above it is watched.
      }
    }
    return watchers;
  }
}
