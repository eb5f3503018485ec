import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startProcess, temporaryFolder } from './process.ts';
import { callBus, connectTo, startSessionBus, type TestSessionBus } from './session-bus.ts';

/** A real GNOME Shell on Wayland without a screen, with the part of GNOME that runs the shortcuts of a user. */
export interface Gnome extends AsyncDisposable {
  readonly env: NodeJS.ProcessEnv;
  readonly bus: TestSessionBus;
  /** Presses these keys in their order, and lets them go. @param codes evdev @param heldMs how long */
  chord(codes: readonly number[], heldMs?: number): Promise<void>;
}

const MUTTER = 'org.gnome.Mutter.RemoteDesktop';
const BETWEEN_KEYS_MS = 30;

/**
 * Starts gnome-shell 43 and gsd-media-keys of gnome-settings-daemon 43. The notification server is the shell's.
 * @param configHome XDG_CONFIG_HOME, which has the settings of GNOME
 */
export async function startGnome(configHome: string): Promise<Gnome> {
  const folder = await temporaryFolder('codex-voice-gnome-');
  const at = (name: string): string => join(folder.path, name);
  for (const name of ['run', 'home', 'data', 'cache']) await mkdir(at(name), { mode: 0o700 });
  const [bus, system] = await Promise.all([startSessionBus(), startSessionBus()]);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: at('home'),
    XDG_RUNTIME_DIR: at('run'),
    XDG_CONFIG_HOME: configHome,
    XDG_DATA_HOME: at('data'),
    XDG_CACHE_HOME: at('cache'),
    ...bus.env,
    DBUS_SYSTEM_BUS_ADDRESS: system.address,
    WAYLAND_DISPLAY: 'wayland-0',
    XDG_SESSION_TYPE: 'wayland',
    XDG_CURRENT_DESKTOP: 'GNOME',
    LIBGL_ALWAYS_SOFTWARE: '1',
    GSETTINGS_BACKEND: 'keyfile',
    NO_AT_BRIDGE: '1',
  };
  delete env.DISPLAY;
  const screen = ['--headless', '--virtual-monitor', '1280x800', '--no-x11'];
  const shell = await startProcess('gnome-shell', [...screen, '--wayland-display', 'wayland-0'], { env });
  await Promise.all(['org.gnome.Shell', MUTTER].map(bus.waitForName));
  // A bus with service files would start it: it passes notifications on to the shell.
  const notifications = await startProcess('gjs', ['/usr/share/gnome-shell/org.gnome.Shell.Notifications'], {
    env,
  });
  await bus.waitForName('org.freedesktop.Notifications');
  const keys = await startProcess('/usr/libexec/gsd-media-keys', [], { env });
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
  return {
    env,
    bus,
    async chord(codes, heldMs = 100) {
      for (const code of codes) await key(code, true);
      await delay(heldMs);
      for (const code of codes.toReversed()) await key(code, false);
    },
    async [Symbol.asyncDispose]() {
      connection.disconnect();
      await keys.stop();
      await notifications.stop();
      await shell.stop();
      await Promise.all([bus.stop(), system.stop()]);
      await folder.remove();
    },
  };
}
