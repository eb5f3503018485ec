import { existsSync } from 'node:fs';
import { Message, Variant } from '@jellybrick/dbus-next';
import { type BusConnection, connectBus, within } from '../dbus/session-bus.ts';
import { messageOf } from '../errors.ts';
import type { PriorityDriver } from './priority.ts';
import { threadsOf } from './threads.ts';

const NAME = 'org.freedesktop.RealtimeKit1';
const PATH = '/org/freedesktop/RealtimeKit1';

/**
 * Time limit for an answer, ms. An answer takes a millisecond, but the bus may have to start rtkit, and the machine may
 * be busy.
 */
const TIMEOUT_MS = 3_000;

/**
 * rtkit allows a user 25 threads, including the desktop's sound, and 25 requests in 20 s (rtkit 0.13). So each process
 * asks only for these: the loop, four that run networks and read files, and one more.
 */
const MOST_THREADS = 6;

interface RtkitOptions {
  env: NodeJS.ProcessEnv;
  platform?: NodeJS.Platform;
}

/**
 * RealtimeKit on the system bus, which gives PulseAudio and PipeWire their priority without special rights. Only a nice
 * value is requested, never real time: a JavaScript loop under SCHED_RR can block the desktop, and RLIMIT_RTTIME would
 * end the daemon. Children of a raised thread are not raised (SCHED_RESET_ON_FORK). Verified with rtkit 0.13.
 */
export class Rtkit implements PriorityDriver {
  readonly name = 'rtkit' as const;
  readonly inherited = false;
  readonly #options: RtkitOptions;
  #connecting: Promise<BusConnection> | null = null;
  #connection: BusConnection | null = null;
  /** The lowest nice value that rtkit grants; null: unknown so far. */
  #least: number | null = null;

  constructor(options: RtkitOptions) {
    this.#options = options;
  }

  async unavailable(): Promise<string | null> {
    const { env, platform = process.platform } = this.#options;
    if (platform !== 'linux') return 'only Linux has it';
    if (systemBusAddress(env) === null) return 'there is no system bus';
    try {
      await this.#leastNice();
      return null;
    } catch (error) {
      const reason = messageOf(error);
      // ServiceUnknown, as dbus-daemon 1.14 and dbus-broker word it.
      const missing = /not provided by any|ServiceUnknown|not activatable/u.test(reason);
      return missing ? 'it is not installed' : `it does not answer (${reason})`;
    }
  }

  async raise(pid: number, nice: number): Promise<number> {
    const granted = Math.max(nice, await this.#leastNice());
    const threads = threadsOf(pid).slice(0, MOST_THREADS);
    if (threads.length === 0) throw new Error(`there is no process ${pid}`);
    for (const [index, { id }] of threads.entries()) {
      try {
        await this.#call('MakeThreadHighPriorityWithPID', 'tti', [BigInt(pid), BigInt(id), granted]);
      } catch (error) {
        // Only the first thread must succeed: others may have ended, or exceed the limit.
        if (index === 0) throw error;
      }
    }
    return granted;
  }

  close(): void {
    this.#connection?.disconnect();
    this.#connection = null;
    this.#connecting = null;
  }

  async #leastNice(): Promise<number> {
    if (this.#least !== null) return this.#least;
    const answer = await this.#call('Get', 'ss', [NAME, 'MinNiceLevel'], 'org.freedesktop.DBus.Properties');
    const value: unknown = answer.body[0] instanceof Variant ? answer.body[0].value : undefined;
    if (typeof value !== 'number') throw new Error('its MinNiceLevel is no number');
    this.#least = value;
    return value;
  }

  async #call(member: string, signature: string, body: unknown[], on = NAME): Promise<Message> {
    const connection = await this.#connected();
    const call = new Message({ destination: NAME, path: PATH, interface: on, member, signature, body });
    return within(TIMEOUT_MS, `${member} of rtkit`, connection.call(call));
  }

  #connected(): Promise<BusConnection> {
    this.#connecting ??= this.#connect().catch((error: unknown) => {
      this.#connecting = null;
      throw error;
    });
    return this.#connecting;
  }

  async #connect(): Promise<BusConnection> {
    const address = systemBusAddress(this.#options.env);
    if (address === null) throw new Error('there is no system bus');
    const connection = await connectBus(address, TIMEOUT_MS, () => undefined);
    this.#connection = connection;
    void connection.closed.then(() => {
      if (this.#connection === connection) this.close();
    });
    return connection;
  }
}

/** Address of the system bus: from the environment, else the usual place; null when there is none. */
function systemBusAddress(env: NodeJS.ProcessEnv): string | null {
  if (env.DBUS_SYSTEM_BUS_ADDRESS) return env.DBUS_SYSTEM_BUS_ADDRESS;
  const socket = ['/run/dbus/system_bus_socket', '/var/run/dbus/system_bus_socket'].find(existsSync);
  return socket === undefined ? null : `unix:path=${socket}`;
}
