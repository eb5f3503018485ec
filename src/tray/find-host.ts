import { readFile } from 'node:fs/promises';
import { Message } from '@jellybrick/dbus-next';
import { hasOwner, processOf } from '../dbus/owner.ts';
import { type BusConnection, busAddress, connectBus, within } from '../dbus/session-bus.ts';

/** The service that icons register with: the panel itself or, on Plasma, a daemon. */
export const WATCHER = 'org.kde.StatusNotifierWatcher';
/** Time limit for an answer of the bus, ms. */
const PATIENCE_MS = 5_000;

/** Parts of panels that are separate processes: Xfce's plug-ins (4.18), Plasma's services (5.27). */
const PANELS: readonly [part: RegExp, panel: string][] = [
  [/^panel-\d+-/, 'xfce4-panel'],
  [/^kded\d+$/, 'Plasma'],
];

/** The program that shows icons on this desktop. `none`: there is none at present. */
export type TrayHost =
  | { state: 'there' /** Name of its program, where the system tells. */; program: string | null }
  | { state: 'none' | 'no-bus' };

/** Looks for a panel that shows StatusNotifierItems. @throws Error when the session bus does not answer */
export async function findTrayHost(env: NodeJS.ProcessEnv): Promise<TrayHost> {
  const address = busAddress(env);
  if (address === null) return { state: 'no-bus' };
  const bus = await connectBus(address, PATIENCE_MS, () => undefined);
  try {
    if (!(await within(PATIENCE_MS, 'NameHasOwner', hasOwner(bus, WATCHER)))) return { state: 'none' };
    // The watcher of Plasma is there without a panel too.
    if ((await hasHost(bus)) === false) return { state: 'none' };
    return { state: 'there', program: await programOf(bus) };
  } finally {
    bus.disconnect();
  }
}

async function programOf(bus: BusConnection): Promise<string | null> {
  try {
    const pid = await within(PATIENCE_MS, 'GetConnectionUnixProcessID', processOf(bus, WATCHER));
    const name = (await readFile(`/proc/${pid}/comm`, 'utf8')).trim();
    return PANELS.find(([part]) => part.test(name))?.[1] ?? (name || null);
  } catch {
    return null; // It exists, but in a sandbox.
  }
}

/** null: the watcher does not say. */
async function hasHost(bus: BusConnection): Promise<boolean | null> {
  const call = new Message({
    destination: WATCHER,
    path: '/StatusNotifierWatcher',
    interface: 'org.freedesktop.DBus.Properties',
    member: 'Get',
    signature: 'ss',
    body: [WATCHER, 'IsStatusNotifierHostRegistered'],
  });
  try {
    const { body } = await within(PATIENCE_MS, 'Get', bus.call(call));
    return (body[0] as { value: unknown }).value === true;
  } catch {
    return null;
  }
}
