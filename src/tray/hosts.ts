import type { Message } from '@jellybrick/dbus-next';
import { askBus, ownerChange, ownerOf, processOf, watchOwner } from '../dbus/owner.ts';
import { type BusConnection, within } from '../dbus/session-bus.ts';
import { WATCHER } from './find-host.ts';

/** Panels own such a name, with their process id behind it (StatusNotifierItem specification). */
const HOST = 'org.kde.StatusNotifierHost-';
/** Time limit for an answer of the bus, ms. */
const PATIENCE_MS = 5_000;

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

  /** Follows which panels there are. The names of hosts have no common namespace but `org.kde`. */
  follow(): Promise<void> {
    return watchOwner(this.#bus, 'org.kde', 'arg0namespace');
  }

  /** Learns who is there already. @throws Error when the bus does not answer */
  async learn(): Promise<void> {
    const [names] = await within(PATIENCE_MS, 'ListNames', askBus(this.#bus, 'ListNames'));
    const hosts = (Array.isArray(names) ? names.map(String) : []).filter(isHost);
    for (const name of hosts) {
      try {
        const owner = await within(PATIENCE_MS, 'GetNameOwner', ownerOf(this.#bus, name));
        if (owner !== null) this.#owners.set(name, owner);
      } catch {
        // It ended meanwhile.
      }
    }
  }

  /** Takes a signal of the bus; others are left alone. */
  hear(signal: Message): void {
    const change = ownerChange(signal);
    if (change === null || !isHost(change.name)) return;
    if (change.owner) this.#owners.set(change.name, change.owner);
    else this.#owners.delete(change.name);
  }

  /** True when this client of the bus is a panel that no Codex started. @param client its unique name */
  async accepts(client: string): Promise<boolean> {
    if (![...this.#owners.values()].includes(client)) return false;
    try {
      const pid = await within(PATIENCE_MS, 'GetConnectionUnixProcessID', processOf(this.#bus, client));
      return this.#trusts(pid);
    } catch {
      return false; // It has left the bus.
    }
  }
}

function isHost(name: string): boolean {
  return name === WATCHER || name.startsWith(HOST);
}
