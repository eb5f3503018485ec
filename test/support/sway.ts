import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SWAY } from '../../src/wayland/sockets.ts';
import { MESSAGE, SwayConnection } from '../../src/wayland/sway-connection.ts';
import { run, startProcess, type TestProcess, temporaryFolder, waitFor } from './process.ts';

/** A real sway without a screen. */
export interface Sway extends AsyncDisposable {
  /** The environment of its session, with Xwayland; XDG_RUNTIME_DIR is its own. */
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  /** Lines of its configuration. */
  configure(...lines: string[]): Promise<void>;
  /** Sends a command, as swaymsg does, and returns the first result. */
  command(text: string): Promise<{ success: boolean; error?: string }>;
  /** wtype(1): presses real keys of a virtual keyboard. */
  wtype(...args: string[]): Promise<void>;
  /** Saves the whole screen as PNG. */
  screenshot(path: string): Promise<void>;
  /** SIGKILL, as a crash; start() starts it again. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

const OUTPUT = 'output HEADLESS-1 resolution 1280x800';

/** Starts sway and waits until it answers. @param lines of its configuration */
export async function startSway(...lines: string[]): Promise<Sway> {
  const folder = await temporaryFolder('codex-voice-sway-');
  const runtime = join(folder.path, 'run');
  const config = join(folder.path, 'config');
  await mkdir(runtime, { mode: 0o700 });
  const base: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: folder.path,
    XDG_RUNTIME_DIR: runtime,
    XDG_CURRENT_DESKTOP: 'sway',
    XDG_SESSION_TYPE: 'wayland',
    WLR_BACKENDS: 'headless',
    WLR_LIBINPUT_NO_DEVICES: '1',
    WLR_RENDERER: 'pixman',
  };
  for (const name of ['DISPLAY', 'WAYLAND_DISPLAY', 'SWAYSOCK', 'I3SOCK']) delete base[name];
  const env = { ...base };
  let server: TestProcess | null = null;
  const configure = (...wanted: string[]) => writeFile(config, [OUTPUT, ...wanted, ''].join('\n'));
  const start = async (): Promise<void> => {
    // sway refuses root; in a namespace of users the files stay this user's.
    const asUser = process.getuid?.() === 0 ? ['unshare', '-U', '--map-user=1000', '--map-group=1000'] : [];
    const [command = 'sway', ...args] = [...asUser, 'sway', '-c', config];
    const started = await startProcess(command, args, { env: base });
    server = started;
    delete env.SWAYSOCK;
    await waitFor('sway', async () => {
      if (!started.running) throw new Error(`sway ended: ${started.stderr()}`);
      let socket: string;
      try {
        socket = await SWAY.path(env);
        using connection = await SwayConnection.open(socket);
        await connection.ask(MESSAGE.version);
      } catch {
        return false; // It comes up, or the socket is a killed one's.
      }
      Object.assign(env, { SWAYSOCK: socket, ...(await displaysOf(socket)) });
      return true;
    });
  };
  const kill = async (): Promise<void> => {
    server?.kill('SIGKILL');
    await server?.exited;
  };
  await configure(...lines);
  await start();
  return {
    env,
    folder: folder.path,
    configure,
    async command(text) {
      using connection = await SwayConnection.open(env.SWAYSOCK ?? '');
      const [result] = (await connection.ask(MESSAGE.command, text)) as [
        { success: boolean; error?: string },
      ];
      return result;
    },
    wtype: async (...args) => void (await run('wtype', args, { env })),
    screenshot: async (path) => void (await run('grim', [path], { env })),
    kill,
    start,
    async [Symbol.asyncDispose]() {
      await server?.stop();
      await folder.remove();
    },
  };
}

/** The displays of the sway behind a socket: it says so to what it starts. Xwayland starts with the first X11 program. */
async function displaysOf(socket: string): Promise<{ WAYLAND_DISPLAY: string; DISPLAY: string }> {
  const answer = `${socket}.displays`;
  using connection = await SwayConnection.open(socket);
  await connection.ask(MESSAGE.command, `exec echo "$WAYLAND_DISPLAY $DISPLAY" > ${answer}`);
  const line = await waitFor('its displays', () => readFile(answer, 'utf8').catch(() => ''));
  const [WAYLAND_DISPLAY = '', DISPLAY = ''] = line.trim().split(' ');
  return { WAYLAND_DISPLAY, DISPLAY };
}
