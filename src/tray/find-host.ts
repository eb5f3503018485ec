import { readFile } from 'node:fs/promises';
import { Message } from '@jellybrick/dbus-next';
import { type BusConnection, busAddress, connectBus, within } from '../dbus/session-bus.ts';

const BUS = 'org.freedesktop.DBus';
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
    if ((await ask(bus, 'NameHasOwner', WATCHER)) !== true) return { state: 'none' };
    // The watcher of Plasma is there without a panel too.
    if ((await hasHost(bus)) === false) return { state: 'none' };
    return { state: 'there', program: await programOf(bus) };
  } finally {
    bus.disconnect();
  }
}

async function programOf(bus: BusConnection): Promise<string | null> {
  try {
    const pid = Number(await ask(bus, 'GetConnectionUnixProcessID', WATCHER));
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

async function ask(bus: BusConnection, member: string, name: string): Promise<unknown> {
  const call = { destination: BUS, path: '/org/freedesktop/DBus', interface: BUS, member };
  const message = new Message({ ...call, signature: 's', body: [name] });
  return (await within(PATIENCE_MS, member, bus.call(message))).body[0];
}
