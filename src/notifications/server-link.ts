import { DBusError, type Message } from '@jellybrick/dbus-next';
import type { Logger } from 'pino';
import { processOf } from '../dbus/owner.ts';
import { type BusConnection, busAddress, connectBus, TimeoutError, within } from '../dbus/session-bus.ts';
import { messageOf } from '../errors.ts';
import { Backoff } from '../processes/backoff.ts';
import {
  askServer,
  readSignal,
  type ServerAbilities,
  type ServerSignal,
  subscribe,
} from './notification-server.ts';

/** The notification server, as long as one process owns its name. Its ids are valid for that time. */
export interface Server extends ServerAbilities {
  readonly bus: BusConnection;
  /** Its unique name on the bus. */
  readonly owner: string;
}

interface ServerLinkOptions {
  logger: Logger;
  env: NodeJS.ProcessEnv;
  /** Time limit for each answer of the bus and the server, ms. */
  timeout: number;
  /** True for a process of the user that Codex did not start. */
  trusts: (pid: number) => boolean;
  /** Called for signals of the server itself. */
  onSignal: (signal: ServerSignal) => void;
  /** Called when the server or the bus has ended. */
  onGone: () => void;
}

const notRunning = new Set([
  'org.freedesktop.DBus.Error.ServiceUnknown',
  'org.freedesktop.DBus.Error.NameHasNoOwner',
  'org.freedesktop.DBus.Error.Spawn.ServiceNotFound',
]);

/**
 * Keeps the connection to the notification server: connects to the bus at once, reconnects when it is lost, and follows
 * servers that start and end. Logs when notifications stop and when they return, not each one that is missed.
 */
export class ServerLink {
  readonly #options: ServerLinkOptions;
  readonly #backoff = new Backoff();
  #bus: BusConnection | null = null;
  #connecting: Promise<BusConnection> | null = null;
  #server: Server | null = null;
  #asking: Promise<Server> | null = null;
  /** How many servers have come since the start. */
  #arrivals = 0;
  #reason: string | null = 'not connected yet';
  #warned = false;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ServerLinkOptions) {
    this.#options = options;
    void this.#reach();
  }

  /** The known server. */
  get server(): Server | null {
    return this.#server;
  }

  /** Why notifications do not work at present. */
  get reason(): string | null {
    return this.#reason;
  }

  /** Returns the server, connecting if necessary. @throws Error when there is none */
  async reach(): Promise<Server> {
    for (;;) {
      const bus = await this.#connect();
      if (this.#server) return this.#server;
      const arrivals = this.#arrivals;
      try {
        return await this.#look(bus);
      } catch (error) {
        // That look was for the server before, or for none: one has come meanwhile.
        if (arrivals === this.#arrivals) throw error;
      }
    }
  }

  /** Call it after a notification was shown. */
  worked(): void {
    if (this.#closed) return;
    this.#reason = null;
    if (!this.#warned) return;
    this.#warned = false;
    this.#options.logger.info({ server: this.#server?.name }, 'notifications are back');
  }

  /** Call it when a notification could not be shown. */
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
    await this.#connecting?.catch(() => undefined); // The callers get its error.
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
    // In a container with separate process ids, the bus's numbers mean other processes here.
    if (own === process.pid && !this.#options.trusts(pid))
      throw new Error('the notification server is a program that Codex started');
    // Two looks at once: the ids of bubbles belong to the server that the first one found.
    if (this.#server?.owner === answer.owner) return this.#server;
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
    // Anyone on the bus can send such a signal; only the server's own count.
    else if (signal.sender === this.#server?.owner) this.#options.onSignal(signal);
  }

  /** Looks for the server, with the others that look for it now. */
  #look(bus: BusConnection): Promise<Server> {
    if (this.#asking !== null) return this.#asking;
    const asking = this.#ask(bus).finally(() => {
      if (this.#asking === asking) this.#asking = null;
    });
    this.#asking = asking;
    return asking;
  }

  #ownerChanged(owner: string | null): void {
    if (owner !== null && owner === this.#server?.owner) return; // It is known already: the bus started it for us.
    if (this.#server || owner === null) this.#gone('the notification server ended');
    if (owner === null) return;
    this.#arrivals += 1;
    this.#asking = null;
    void this.#reach();
  }
}

/** Returns the reason in words for the user. */
function sentence(error: unknown): string {
  if (error instanceof TimeoutError) return `no answer in time: ${error.message}`;
  if (error instanceof DBusError && notRunning.has(error.type)) return 'no notification server is running';
  return messageOf(error);
}
