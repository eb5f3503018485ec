import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KWin as KWinLink } from '../../src/wayland/kwin.ts';
import { debian13, type TestSystem, thisSystem } from './newer-debian.ts';
import { startProcess, type TestProcess, temporaryFolder, waitFor } from './process.ts';
import { callBus, connectTo } from './session-bus.ts';
import { WaylandKeys } from './wayland-keys.ts';

/** A real KWin on Wayland without a screen, with the real desktop portal of KDE. */
export interface KWin extends AsyncDisposable {
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly keys: WaylandKeys;
  /** Returns the value of an expression of KWin's scripts, which may call `frameOf(window)`. */
  ask<T>(expression: string): Promise<T>;
  /** Starts another program of the session, in its environment. */
  run(program: string, args: readonly string[]): Promise<TestProcess>;
  /** Plays the user who chooses another key for an action in the settings of the desktop. @param key as Qt counts it */
  chooseKey(component: string, action: string, key: number): Promise<void>;
  /** Ends the portal as a crash would. */
  killPortal(): Promise<void>;
  /** SIGKILL, as a crash; start() starts KWin again. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** A window's frame in pixels of the screen. */
export interface Frame {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A function for scripts: the frame of a window; null where there is none. */
const FRAME_OF = `function frameOf(window) {
  if (!window) return null;
  const { x, y, width, height } = window.frameGeometry;
  return { x, y, width, height };
}`;

const KGLOBALACCEL = { destination: 'org.kde.kglobalaccel', path: '/kglobalaccel' };

interface KWinOptions {
  /** Whose KWin it is; by default the one of this machine. */
  system?: TestSystem;
  /** Of Plasma. */
  version?: '5' | '6';
  /** XDG_DATA_HOME; a new folder by default. */
  dataHome?: string;
  /** The X display in whose window it draws; by default it draws nowhere. */
  display?: string;
}

export async function startKWin({
  system = thisSystem,
  version = '5',
  dataHome,
  display,
}: KWinOptions = {}): Promise<KWin> {
  const folder = await temporaryFolder('codex-voice-kwin-');
  const at = (name: string): string => join(folder.path, name);
  for (const name of ['run', 'home', 'config', 'data', 'cache']) await mkdir(at(name), { mode: 0o700 });
  const address = `unix:path=${at('run')}/bus`;
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: at('home'),
    XDG_RUNTIME_DIR: at('run'),
    XDG_CONFIG_HOME: at('config'),
    XDG_DATA_HOME: dataHome ?? at('data'),
    XDG_CACHE_HOME: at('cache'),
    DBUS_SESSION_BUS_ADDRESS: address,
    WAYLAND_DISPLAY: 'wayland-0',
    XDG_SESSION_TYPE: 'wayland',
    XDG_CURRENT_DESKTOP: 'KDE',
    KDE_FULL_SESSION: 'true',
    KDE_SESSION_VERSION: version,
    QT_QPA_PLATFORM: 'wayland',
    LIBGL_ALWAYS_SOFTWARE: '1',
    KWIN_COMPOSE: 'Q',
    KWIN_WAYLAND_NO_PERMISSION_CHECKS: '1',
  };
  delete env.DISPLAY;
  // The portals are started by the bus, with its environment.
  const run = (program: string, args: readonly string[]): Promise<TestProcess> => {
    const inside = system.command(program, args);
    return startProcess(inside.command, inside.args, { env });
  };
  const bus = await run('dbus-daemon', [
    '--session',
    `--address=${address}`,
    '--nofork',
    '--nopidfile',
    '--print-address=1',
  ]);
  await waitFor('the session bus', () => bus.stdout().includes('\n'));
  // Debian gives it a capability that containers do not grant: a copy has none. Qt finds its parts by its name.
  const program = at('kwin_wayland');
  await copyFile(system.path('/usr/bin/kwin_wayland'), program);
  const screen = display === undefined ? ['--virtual'] : ['--x11-display', display];
  const options = [...screen, '--width', '1280', '--height', '800', '--no-lockscreen'];
  const connection = await connectTo(address);
  let kwin: TestProcess | null = null;
  const start = async (): Promise<void> => {
    const started = await run(program, options);
    kwin = started;
    await waitFor('KWin', async () => {
      if (!started.running) throw new Error(`KWin ended: ${started.stderr()}`);
      return (await callBus(connection, 'org.freedesktop.DBus.NameHasOwner', 's', ['org.kde.KWin']))?.body[0];
    });
  };
  await start();
  const keys = await WaylandKeys.open(env);
  return {
    start,
    run,
    async ask<T>(expression: string): Promise<T> {
      using link = await KWinLink.open(env);
      const { promise, resolve } = Promise.withResolvers<string>();
      const report = { path: '/answer', interface: 'codex.voice.Test', member: 'Answer' };
      link.onReport(report, (text) => resolve(String(text)));
      const call = [link.receiver, report.path, report.interface, report.member].map((each) => `"${each}"`);
      const script = `${FRAME_OF}
callDBus(${call.join(', ')}, JSON.stringify(${expression}));`;
      await using _script = await link.run('codex-voice-test', script, at('script.js'));
      return JSON.parse(await promise) as T;
    },
    async kill() {
      kwin?.kill('SIGKILL');
      await kwin?.exited;
    },
    env,
    folder: folder.path,
    keys,
    async chooseKey(component, action, key) {
      const id = [component, action, '', ''];
      const member = 'org.kde.KGlobalAccel.setForeignShortcut';
      await callBus(connection, member, 'asai', [id, [key]], KGLOBALACCEL);
    },
    async killPortal() {
      const answer = await callBus(connection, 'org.freedesktop.DBus.GetConnectionUnixProcessID', 's', [
        'org.freedesktop.portal.Desktop',
      ]);
      process.kill(Number(answer?.body[0]), 'SIGKILL');
    },
    async [Symbol.asyncDispose]() {
      keys[Symbol.dispose]();
      connection.disconnect();
      await kwin?.stop();
      await bus.stop();
      await folder.remove();
    },
  };
}

/**
 * The versions of KWin that the tests run: the one of this machine, and that of Plasma 6.
 * `component`: the program's name in KDE's register of keys. The portal of the first takes no app id.
 */
export const KWINS = [
  {
    name: 'KWin 5.27',
    component: 'codex_voice',
    start: () => startKWin(),
  },
  {
    name: 'KWin 6.3',
    component: 'io.github.codex_voice.CodexVoice',
    start: async () => startKWin({ system: await debian13(), version: '6' }),
  },
] as const;
