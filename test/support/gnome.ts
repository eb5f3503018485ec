import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type TestSystem, thisSystem } from './newer-debian.ts';
import { startProcess, type TestProcess, temporaryFolder } from './process.ts';
import { callBus, connectTo, startSessionBus, type TestSessionBus } from './session-bus.ts';
import { KEY } from './wayland-keys.ts';

/** A real GNOME Shell on Wayland without a screen, with the part of GNOME that runs the shortcuts of a user. */
export interface Gnome extends AsyncDisposable {
  readonly env: NodeJS.ProcessEnv;
  readonly bus: TestSessionBus;
  /** Presses these keys in their order, and lets them go. @param codes evdev @param heldMs how long */
  chord(codes: readonly number[], heldMs?: number): Promise<void>;
  /** Chooses "Add" in the dialog that asks for shortcuts (gnome-control-center 48). */
  addShortcuts(): Promise<void>;
  /** Ends a program of the session as a crash would, and starts it again. */
  restart(program: string): Promise<void>;
  /** Writes what is on the screen into a PNG file. */
  screenshot(path: string): Promise<void>;
}

const MUTTER = 'org.gnome.Mutter.RemoteDesktop';
const BETWEEN_KEYS_MS = 30;

interface GnomeOptions {
  /** XDG_CONFIG_HOME, which has the settings of GNOME. */
  configHome: string;
  /** XDG_DATA_HOME; a new folder by default. */
  dataHome?: string;
  /** Whose GNOME it is; by default the one of this machine. */
  system?: TestSystem;
  /** Other programs of its session, each with the name on the bus that it takes. */
  services?: readonly { program: string; name: string }[];
}

/** Starts gnome-shell and gsd-media-keys of gnome-settings-daemon. The notification server is the shell's. */
export async function startGnome({
  configHome,
  dataHome,
  system = thisSystem,
  services = [],
}: GnomeOptions): Promise<Gnome> {
  const folder = await temporaryFolder('codex-voice-gnome-');
  const at = (name: string): string => join(folder.path, name);
  for (const name of ['run', 'home', 'data', 'cache']) await mkdir(at(name), { mode: 0o700 });
  const [bus, systemBus] = await Promise.all([startSessionBus(), startSessionBus()]);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: at('home'),
    XDG_RUNTIME_DIR: at('run'),
    XDG_CONFIG_HOME: configHome,
    XDG_DATA_HOME: dataHome ?? at('data'),
    XDG_CACHE_HOME: at('cache'),
    ...bus.env,
    DBUS_SYSTEM_BUS_ADDRESS: systemBus.address,
    WAYLAND_DISPLAY: 'wayland-0',
    XDG_SESSION_TYPE: 'wayland',
    XDG_CURRENT_DESKTOP: 'GNOME',
    LIBGL_ALWAYS_SOFTWARE: '1',
    GSETTINGS_BACKEND: 'keyfile',
    NO_AT_BRIDGE: '1',
  };
  delete env.DISPLAY;
  const started = new Map<string, TestProcess>();
  const start = async (program: string, ...args: string[]): Promise<void> => {
    const inside = system.command(program, args);
    started.set(program, await startProcess(inside.command, inside.args, { env }));
  };
  const screen = ['--headless', '--virtual-monitor', '1280x800', '--no-x11', '--unsafe-mode'];
  await start('gnome-shell', ...screen, '--wayland-display', 'wayland-0');
  await Promise.all(['org.gnome.Shell', MUTTER].map(bus.waitForName));
  // A bus with service files would start it: it passes notifications on to the shell.
  const notifications = '/usr/share/gnome-shell/org.gnome.Shell.Notifications';
  // A module since GNOME 45.
  const isModule = !(await readFile(system.path(notifications), 'utf8')).startsWith('imports.');
  await start('gjs', ...(isModule ? ['-m'] : []), notifications);
  await bus.waitForName('org.freedesktop.Notifications');
  await start('/usr/libexec/gsd-media-keys');
  const serve = async ({ program, name }: { program: string; name: string }): Promise<void> => {
    await start(program);
    await bus.waitForName(name);
  };
  for (const each of services) await serve(each);
  const connection = await connectTo(bus.address);
  const call = (member: string, signature: string, body: unknown[], path: string) =>
    callBus(connection, `${MUTTER}${member}`, signature, body, { destination: MUTTER, path });
  const session = await call('.CreateSession', '', [], '/org/gnome/Mutter/RemoteDesktop');
  const path = String(session?.body[0]);
  await call('.Session.Start', '', [], path);
  const key = async (code: number, down: boolean): Promise<void> => {
    await call('.Session.NotifyKeyboardKeycode', 'ub', [code, down], path);
    await delay(BETWEEN_KEYS_MS);
  };
  const chord = async (codes: readonly number[], heldMs = 100): Promise<void> => {
    for (const code of codes) await key(code, true);
    await delay(heldMs);
    for (const code of codes.toReversed()) await key(code, false);
  };
  return {
    env,
    bus,
    chord,
    async addShortcuts() {
      // The first row has the focus: back to the last button of the title bar.
      await chord([KEY.shift, KEY.tab]);
      await chord([KEY.enter]);
    },
    async restart(program) {
      const service = services.find((each) => each.program === program);
      if (service === undefined) throw new Error(`${program} is no service of this session`);
      started.get(program)?.kill('SIGKILL');
      await started.get(program)?.exited;
      await serve(service);
    },
    async screenshot(path) {
      await callBus(connection, 'org.gnome.Shell.Screenshot.Screenshot', 'bbs', [false, false, path], {
        destination: 'org.gnome.Shell.Screenshot',
        path: '/org/gnome/Shell/Screenshot',
      });
    },
    async [Symbol.asyncDispose]() {
      connection.disconnect();
      for (const each of [...started.values()].toReversed()) await each.stop();
      await Promise.all([bus.stop(), systemBus.stop()]);
      await folder.remove();
    },
  };
}

const LIBEXEC = '/usr/libexec';

/** The portal of GNOME 48, and what asks the user there. */
export const GNOME_PORTAL = [
  { program: `${LIBEXEC}/xdg-permission-store`, name: 'org.freedesktop.impl.portal.PermissionStore' },
  {
    program: `${LIBEXEC}/gnome-control-center-global-shortcuts-provider`,
    name: 'org.gnome.Settings.GlobalShortcutsProvider',
  },
  { program: `${LIBEXEC}/xdg-desktop-portal-gnome`, name: 'org.freedesktop.impl.portal.desktop.gnome' },
  { program: `${LIBEXEC}/xdg-desktop-portal`, name: 'org.freedesktop.portal.Desktop' },
] as const;
