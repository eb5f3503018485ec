import { Message } from '@jellybrick/dbus-next';
import { type BusConnection, within } from '../dbus/session-bus.ts';
import { WATCHER } from './find-host.ts';

const BUS = 'org.freedesktop.DBus';
/** Panels own such a name, with their process id behind it (StatusNotifierItem specification). */
const HOST = 'org.kde.StatusNotifierHost-';
/** Time limit for an answer of the bus, ms. */
const PATIENCE_MS = 5_000;

/** The signals to subscribe to. The names of hosts have no common namespace. */
export const HOSTS_RULE = `type='signal',sender='${BUS}',interface='${BUS}',member='NameOwnerChanged',arg0namespace='org.kde'`;

/**
 * The panels on one bus connection. Every client of the bus can call an icon's methods; only panels show its menu,
 * and only those count that no Codex has started.
 */
export class TrayHosts {
  readonly #bus: BusConnection;
  readonly #trusts: (pid: number) => boolean;
  /** The owner's unique name, by the name that it owns. */
  readonly #owners = new Map<string, string>();

  constructor(bus: BusConnection, trusts: (pid: number) => boolean) {
    this.#bus = bus;
    this.#trusts = trusts;
  }

  /** Learns who is there already. @throws Error when the bus does not answer */
  async learn(): Promise<void> {
    const names = (await this.#ask('ListNames', '', []))[0];
    const hosts = (Array.isArray(names) ? names.map(String) : []).filter(isHost);
    for (const name of hosts) {
      try {
        const owner = await this.#ask('GetNameOwner', 's', [name]);
        this.#owners.set(name, String(owner[0]));
      } catch {
        // It ended meanwhile.
      }
    }
  }

  /** Takes a signal of the bus; others are left alone. */
  hear({ sender, interface: from, member, body }: Message): void {
    const [name, , owner] = body.map(String);
    if (sender !== BUS || from !== BUS || member !== 'NameOwnerChanged' || !isHost(name ?? '')) return;
    if (owner) this.#owners.set(name ?? '', owner);
    else this.#owners.delete(name ?? '');
  }

  /** True when this client of the bus is a panel that no Codex started. @param client its unique name */
  async accepts(client: string): Promise<boolean> {
    if (![...this.#owners.values()].includes(client)) return false;
    try {
      const [pid] = await this.#ask('GetConnectionUnixProcessID', 's', [client]);
      return this.#trusts(Number(pid));
    } catch {
      return false; // It has left the bus.
    }
  }

  async #ask(member: string, signature: string, body: unknown[]): Promise<unknown[]> {
    const call = { destination: BUS, path: '/org/freedesktop/DBus', interface: BUS, member };
    const message = new Message({ ...call, signature, body });
    return (await within(PATIENCE_MS, member, this.#bus.call(message))).body;
  }
}

function isHost(name: string): boolean {
  return name === WATCHER || name.startsWith(HOST);
}
