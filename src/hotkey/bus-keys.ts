import { Message } from '@jellybrick/dbus-next';
import type { Logger } from 'pino';
import { processOf, requestName } from '../dbus/owner.ts';
import { type BusConnection, connectBus, within } from '../dbus/session-bus.ts';
import { onSessionBus } from '../processes/session-bus-loop.ts';
import { APP_ID } from './portal/session.ts';
import { type BoundKey, RepeatFilter } from './repeat-filter.ts';

/** Name and interface on the session bus. */
export const BUS_NAME = APP_ID;
export const BUS_PATH = `/${APP_ID.replaceAll('.', '/')}`;

const METHODS: Readonly<Record<string, BoundKey>> = {
  Press: 'press',
  Release: 'release',
  Toggle: 'toggle',
  Cancel: 'cancel',
};

/** For GLib's and systemd's programs, which ask before they call. */
const DESCRIPTION = `<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
<node><interface name="${BUS_NAME}">${Object.keys(METHODS)
  .map((name) => `<method name="${name}"/>`)
  .join('')}</interface></node>`;

/** A bus that does not answer for so long is hung, ms. */
const PATIENCE_MS = 5_000;
/** Where there is no session bus, it is looked for so often, ms. */
const LOOK_MS = 10_000;

const NOT_YOURS = 'The call came from a program that Codex started, or that has ended.';

interface BusKeysOptions {
  /** Where the session bus is looked for. */
  env: NodeJS.ProcessEnv;
  /** `at`: performance.now() in ms when the call came. */
  onKey: (key: BoundKey, at: number) => void;
  /** True for a process of the user that Codex did not start: no other may press a key. */
  trusts: (pid: number) => boolean;
  logger: Logger;
}

/**
 * What the bindings of a desktop call: four methods on the session bus, which takes connections of the same user only. A
 * call costs the binding a few milliseconds, and starts no second Node. It connects again whenever the bus is back.
 */
export class BusKeys {
  readonly #options: BusKeysOptions;
  readonly #closing = new AbortController();
  readonly #filter = new RepeatFilter();
  readonly #done: Promise<void>;
  #bus: BusConnection | null = null;
  /** One call after the other: a release never overtakes its press. */
  #taking: Promise<unknown> = Promise.resolve();

  constructor(options: BusKeysOptions) {
    this.#options = options;
    this.#done = this.#run(this.#closing.signal);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#bus?.disconnect();
    await this.#done;
  }

  #run(signal: AbortSignal): Promise<void> {
    const { env, logger } = this.#options;
    const onEnd = (reason: string): void => logger.debug({ reason }, 'bindings of the desktop cannot call');
    const serve = (address: string): Promise<string> => this.#serve(address, signal);
    return onSessionBus({ env, lookMs: LOOK_MS, serve, onEnd }, signal);
  }

  /** One connection from its beginning to its end. @returns why it ended @throws Error when it could not begin */
  async #serve(address: string, signal: AbortSignal): Promise<string> {
    const bus = await connectBus(address, PATIENCE_MS, () => undefined);
    try {
      if (signal.aborted) return 'closed';
      this.#bus = bus;
      bus.serve((call) => this.#answer(bus, call));
      await within(PATIENCE_MS, 'RequestName', requestName(bus, BUS_NAME));
      return await bus.closed;
    } finally {
      this.#bus = null;
      bus.disconnect();
    }
  }

  #answer(bus: BusConnection, call: Message): Message | Promise<Message> | null {
    const at = performance.now();
    if (call.path !== BUS_PATH) return null;
    if (call.interface === 'org.freedesktop.DBus.Introspectable')
      return Message.newMethodReturn(call, 's', [DESCRIPTION]);
    const key = Object.hasOwn(METHODS, call.member ?? '') ? METHODS[call.member ?? ''] : undefined;
    if (key === undefined || (call.interface && call.interface !== BUS_NAME)) return null;
    const taken = this.#taking.then(async () => {
      if (!(await this.#isTrusted(bus, call.sender ?? ''))) {
        this.#options.logger.warn({ sender: call.sender, key }, 'a program that is not yours pressed a key');
        return Message.newError(call, 'org.freedesktop.DBus.Error.AccessDenied', NOT_YOURS);
      }
      if (this.#filter.accepts(key, at)) this.#options.onKey(key, at);
      return Message.newMethodReturn(call, '', []);
    });
    this.#taking = taken;
    return taken;
  }

  /** A client that has left before it was asked about counts as a stranger, so clients wait for the answer. */
  async #isTrusted(bus: BusConnection, sender: string): Promise<boolean> {
    try {
      const pid = await within(PATIENCE_MS, 'GetConnectionUnixProcessID', processOf(bus, sender));
      return this.#options.trusts(pid);
    } catch {
      return false;
    }
  }
}
