import { setTimeout as delay } from 'node:timers/promises';
import { Message, Variant } from '@jellybrick/dbus-next';
import { messageOf } from '../errors.ts';
import { askBus, type OwnerChange, ownerChange, watchOwner, watchSignals } from './owner.ts';
import { type BusConnection, within } from './session-bus.ts';

/** The desktop portal: https://flatpak.github.io/xdg-desktop-portal/docs/ */
const PORTAL = 'org.freedesktop.portal.Desktop';
const PATH = '/org/freedesktop/portal/desktop';
const REQUEST = 'org.freedesktop.portal.Request';
/** The desktops' parts of the portal, which do its work, have names below this one. */
const BACKENDS = 'org.freedesktop.impl.portal.desktop';
/** The first call starts the portal, which takes seconds on a busy machine, ms. */
const START_MS = 15_000;

/** A portal notices a new .desktop file some time after it was written. */
const REGISTER_TRIES = 10;
const REGISTER_PAUSE_MS = 200;
/** A backend that takes longer is hung, ms. */
const CLOSE_MS = 1_000;

/** Values as a portal takes and gives them. */
export type Options = Record<string, Variant>;

/** The answer to a request. `refused`: by the user; `failed`: for another reason. */
interface PortalResponse {
  outcome: 'granted' | 'refused' | 'failed';
  results: Options;
}

/** A connection's way to the portal. Only what the portal itself says counts: any program on the bus can send signals. */
export class Portal {
  readonly #bus: BusConnection;
  readonly #responses = new Map<string, (response: PortalResponse) => void>();
  /** The unique name of the portal; null before connect(). */
  #owner: string | null = null;
  #requests = 0;

  constructor(bus: BusConnection) {
    this.#bus = bus;
  }

  /** Starts the portal where it does not run. @throws Error when there is none */
  async connect(): Promise<void> {
    await watchSignals(this.#bus, `type='signal',sender='${PORTAL}'`);
    await watchOwner(this.#bus, PORTAL);
    await watchOwner(this.#bus, BACKENDS, 'arg0namespace');
    // Refused where no file says how to start it, although it may run.
    const starting = askBus(this.#bus, 'StartServiceByName', 'su', [PORTAL, 0]).catch(() => undefined);
    await within(START_MS, 'starting the portal', starting);
    this.#owner = String((await askBus(this.#bus, 'GetNameOwner', 's', [PORTAL]))[0]);
  }

  /**
   * Says which program this is, before any other call: a portal that has found the program's name itself takes no other.
   * Portals before 1.19 have no registry. Never rejects.
   * @param appId a name in reverse DNS, which a .desktop file has
   */
  async register(appId: string): Promise<void> {
    for (let tries = 1; tries <= REGISTER_TRIES; tries += 1) {
      const registering = this.call('org.freedesktop.host.portal.Registry', 'Register', 'sa{sv}', [
        appId,
        {},
      ]);
      const refusal = await registering.then(() => '', messageOf);
      if (!refusal.includes('App info not found')) return;
      await delay(REGISTER_PAUSE_MS);
    }
  }

  /** @throws DBusError when the portal refuses; Error when it does not answer */
  async call(iface: string, member: string, signature = '', body: unknown[] = []): Promise<Message> {
    const message = new Message({
      destination: PORTAL,
      path: PATH,
      interface: iface,
      member,
      signature,
      body,
    });
    return within(START_MS, member, this.#bus.call(message));
  }

  /** The version of an interface. @throws Error when this portal lacks it */
  async version(iface: string): Promise<number> {
    const { body } = await this.call('org.freedesktop.DBus.Properties', 'Get', 'ss', [iface, 'version']);
    return Number((body[0] as Variant).value);
  }

  /**
   * Makes a request, whose answer may wait for the user.
   * @param body gives the arguments, with `options` among them
   */
  async request(
    iface: string,
    member: string,
    signature: string,
    body: (options: Options) => unknown[],
    options: Options = {},
  ): Promise<PortalResponse> {
    this.#requests += 1;
    const token = `codex_voice_${process.pid}_${this.#requests}`;
    const path = `${PATH}/request/${this.#bus.name.slice(1).replaceAll('.', '_')}/${token}`;
    const answered = Promise.withResolvers<PortalResponse>();
    // It may come before the method returns.
    this.#responses.set(path, answered.resolve);
    try {
      await this.call(iface, member, signature, body({ ...options, handle_token: new Variant('s', token) }));
      const ended = this.#bus.closed.then((reason): never => {
        throw new Error(reason);
      });
      return await Promise.race([answered.promise, ended]);
    } finally {
      this.#responses.delete(path);
    }
  }

  /**
   * Takes a signal of the connection.
   * @returns it, where it is for others and really the portal's; `gone`: the portal or a backend has ended
   */
  take(signal: Message): Message | 'gone' | null {
    const change = ownerChange(signal);
    if (change !== null) return this.#hasEnded(change) ? 'gone' : null;
    if (this.#owner === null || signal.sender !== this.#owner) return null;
    if (signal.interface !== REQUEST || signal.member !== 'Response') return signal;
    const [code, results] = signal.body as [number, Options];
    const outcome = code === 0 ? 'granted' : code === 1 ? 'refused' : 'failed';
    this.#responses.get(signal.path ?? '')?.({ outcome, results });
    return null;
  }

  /** Closes a session that a portal has left in its backends when it crashed. Never rejects. */
  async closeLeftOver(path: string): Promise<void> {
    const close = async (name: string): Promise<void> => {
      const call = {
        destination: name,
        path,
        interface: 'org.freedesktop.impl.portal.Session',
        member: 'Close',
      };
      await this.#bus.call(new Message(call)).catch(() => undefined);
    };
    const closing = askBus(this.#bus, 'ListNames').then(([names]) =>
      Promise.all((names as string[]).filter((name) => name.startsWith(`${BACKENDS}.`)).map(close)),
    );
    await within(CLOSE_MS, 'Close', Promise.race([closing, this.#bus.closed])).catch(() => undefined);
  }

  /** A backend that is started only now has no owner before. */
  #hasEnded({ name, before, owner }: OwnerChange): boolean {
    if (name === PORTAL) return before === this.#owner;
    return name.startsWith(`${BACKENDS}.`) && before !== '' && owner === '';
  }
}
