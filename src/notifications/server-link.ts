import { DBusError, type Message } from '@jellybrick/dbus-next';
import type { Logger } from 'pino';
import { type BusConnection, busAddress, connectBus, TimeoutError, within } from '../dbus/session-bus.ts';
import { messageOf } from '../errors.ts';
import { Backoff } from '../processes/backoff.ts';
import {
  askServer,
  processOf,
  readSignal,
  type ServerAbilities,
  type ServerSignal,
  subscribe,
} from './notification-server.ts';

/** The notification server, as long as one process owns its name: its ids are good for that long. */
export interface Server extends ServerAbilities {
  readonly bus: BusConnection;
  /** Its unique name on the bus. */
  readonly owner: string;
}

export interface ServerLinkOptions {
  logger: Logger;
  env: NodeJS.ProcessEnv;
  /** How long the bus and the server may take for one answer, ms. */
  timeout: number;
  /** Reports whether a process is the user's and not one that Codex started. */
  trusts: (pid: number) => boolean;
  /** Signals of the server itself. */
  onSignal: (signal: ServerSignal) => void;
  /** The server or the bus ended. */
  onGone: () => void;
}

const notRunning = new Set([
  'org.freedesktop.DBus.Error.ServiceUnknown',
  'org.freedesktop.DBus.Error.NameHasNoOwner',
  'org.freedesktop.DBus.Error.Spawn.ServiceNotFound',
]);

/**
 * Keeps the way to the notification server open: connects to the bus at once, again whenever it was lost, and learns
 * of each server that comes and goes. What is missing is a reason, logged when notifications stop and when they
 * return, not for each one that is not shown.
 */
export class ServerLink {
  readonly #options: ServerLinkOptions;
  readonly #backoff = new Backoff();
  #bus: BusConnection | null = null;
  #connecting: Promise<BusConnection> | null = null;
  #server: Server | null = null;
  #asking: Promise<Server> | null = null;
  #reason: string | null = 'not connected yet';
  #warned = false;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ServerLinkOptions) {
    this.#options = options;
    void this.#reach();
  }

  /** The server that is known now. */
  get server(): Server | null {
    return this.#server;
  }

  /** Why notifications do not work now. */
  get reason(): string | null {
    return this.#reason;
  }

  /** The server; connects and asks where it is not known. @throws Error when there is none */
  async reach(): Promise<Server> {
    const bus = await this.#connect();
    if (this.#server) return this.#server;
    if (this.#asking !== null) return this.#asking;
    const asking = this.#ask(bus).finally(() => {
      if (this.#asking === asking) this.#asking = null;
    });
    this.#asking = asking;
    return asking;
  }

  /** A notification was shown. */
  worked(): void {
    if (this.#closed) return;
    this.#reason = null;
    if (!this.#warned) return;
    this.#warned = false;
    this.#options.logger.info({ server: this.#server?.name }, 'notifications are back');
  }

  /** A notification could not be shown, or none could be now. */
  failed(error: unknown): void {
    const reason = sentence(error);
    if (this.#closed || reason === this.#reason) return;
    this.#reason = reason;
    if (this.#warned) {
      this.#options.logger.debug({ reason }, 'still no notifications');
      return;
    }
    this.#warned = true;
    this.#options.logger.warn({ reason }, 'no notifications; answers are in `codex-voice history`');
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#bus?.disconnect();
    await this.#connecting?.catch(() => undefined); // its failure is told to those who asked for it
  }

  async #reach(): Promise<void> {
    try {
      await this.reach();
    } catch (error) {
      this.failed(error);
    }
  }

  #connect(): Promise<BusConnection> {
    if (this.#connecting !== null) return this.#connecting;
    if (this.#bus) return Promise.resolve(this.#bus);
    this.#connecting = this.#open().finally(() => {
      this.#connecting = null;
    });
    return this.#connecting;
  }

  async #open(): Promise<BusConnection> {
    clearTimeout(this.#retry);
    const { env, timeout } = this.#options;
    try {
      if (this.#closed) throw new Error('the program is ending');
      const address = busAddress(env);
      if (address === null) throw new Error('there is no D-Bus session bus here');
      const bus = await connectBus(address, timeout, (message) => this.#hear(message));
      this.#bus = bus;
      void bus.closed.then((reason) => this.#lost(bus, reason));
      await within(timeout, 'AddMatch', subscribe(bus));
      if (this.#closed) bus.disconnect();
      return bus;
    } catch (error) {
      this.#bus?.disconnect();
      this.#bus = null;
      this.#reachLater();
      throw error;
    }
  }

  #reachLater(): void {
    if (this.#closed) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#reach(), this.#backoff.next()).unref();
  }

  #lost(bus: BusConnection, reason: string): void {
    if (this.#bus !== bus) return;
    this.#bus = null;
    bus.disconnect();
    this.#gone(reason);
    this.#reachLater();
  }

  async #ask(bus: BusConnection): Promise<Server> {
    const { self, ...answer } = await within(this.#options.timeout, 'GetCapabilities', askServer(bus));
    const [pid, own] = await within(
      this.#options.timeout,
      'GetConnectionUnixProcessID',
      Promise.all([processOf(bus, answer.owner), processOf(bus, self)]),
    );
    if (this.#bus !== bus) throw new Error('the session bus closed the connection');
    // In a container with its own process ids the bus counts differently: its numbers name other processes here.
    if (own === process.pid && !this.#options.trusts(pid))
      throw new Error('the notification server is a program that Codex started');
    this.#server = { ...answer, bus };
    this.worked();
    return this.#server;
  }

  #gone(reason: string): void {
    this.#server = null;
    this.#options.onGone();
    this.failed(new Error(reason));
  }

  #hear(message: Message): void {
    const signal = readSignal(message);
    if (!signal) return;
    if (signal.type === 'owner') this.#ownerChanged(signal.owner);
    // anybody on the bus can send us such a signal: only the server's own count
    else if (signal.sender === this.#server?.owner) this.#options.onSignal(signal);
  }

  #ownerChanged(owner: string | null): void {
    if (owner !== null && owner === this.#server?.owner) return; // met already: the bus started it for us
    if (this.#server || owner === null) this.#gone('the notification server ended');
    if (owner === null) return;
    // What was asked before it came is answered that there is none.
    this.#asking = null;
    void this.#reach();
  }
}

/** Why there are no notifications, in words for the person. */
function sentence(error: unknown): string {
  if (error instanceof TimeoutError) return `no answer in time: ${error.message}`;
  if (error instanceof DBusError && notRunning.has(error.type)) return 'no notification server is running';
  return messageOf(error);
}
