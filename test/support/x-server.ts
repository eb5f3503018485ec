import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, startProcess, type TestProcess, temporaryFolder, waitFor } from './process.ts';

export interface XServerOptions {
  /** The display number; without it the server takes a free one. */
  number?: number;
  /** Demand a cookie: `env.XAUTHORITY` then names the file that holds it. */
  auth?: boolean;
  /** Start openbox (default true). */
  windowManager?: boolean;
  /** Key bindings for openbox's `<keyboard>` element; none by default, so that it takes no key. */
  keyboard?: string;
  env?: NodeJS.ProcessEnv;
}

/** A real X server (Xvfb, 1280x800x24, no TCP), with openbox as its window manager. */
export interface XServer extends AsyncDisposable {
  /** `:N` */
  readonly display: string;
  readonly number: number;
  /** An environment whose DISPLAY is this server and in which no Wayland session shows. */
  readonly env: NodeJS.ProcessEnv;
  readonly pid: number;
  /** Runs xdotool here and returns what it prints, trimmed. */
  xdotool(...args: string[]): Promise<string>;
  /** Saves the whole screen; the file's ending says the format. */
  screenshot(path: string): Promise<void>;
  /** Ends the server as a crash would (SIGKILL); its lock and socket stay behind until `stop`. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an X server and waits until it and its window manager answer. */
export async function startXServer(options: XServerOptions = {}): Promise<XServer> {
  const folder = await temporaryFolder();
  const env: NodeJS.ProcessEnv = { ...(options.env ?? process.env) };
  for (const name of ['DISPLAY', 'WAYLAND_DISPLAY', 'XDG_SESSION_TYPE', 'XAUTHORITY']) delete env[name];
  const args = ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp', '-noreset'];
  if (options.number !== undefined) args.unshift(`:${options.number}`);
  if (options.auth) {
    env.XAUTHORITY = join(folder.path, 'Xauthority');
    await writeFile(env.XAUTHORITY, wildcardCookie(), { mode: 0o600 });
    args.push('-auth', env.XAUTHORITY);
  }
  const server = await startProcess('Xvfb', args, { env });
  const printed = await waitFor('Xvfb', () => {
    if (!server.running) throw new Error(`Xvfb ended: ${server.stderr()}`);
    return /^\d+\n/.exec(server.stdout())?.[0];
  });
  const number = Number(printed);
  env.DISPLAY = `:${number}`;
  const manager =
    options.windowManager === false ? null : await startOpenbox(env, folder.path, options.keyboard ?? '');

  let killed = false;
  const kill = async (): Promise<void> => {
    killed = true;
    server.kill('SIGKILL');
    await server.exited;
    await manager?.stop();
  };
  const stop = async (): Promise<void> => {
    await manager?.stop();
    await server.stop();
    if (killed) await removeLeftovers(number);
    await folder.remove();
  };
  return {
    display: env.DISPLAY,
    number,
    env,
    pid: server.pid,
    xdotool: async (...rest) => (await run('xdotool', rest, { env })).trim(),
    screenshot: async (path) => void (await run('import', ['-window', 'root', path], { env })),
    kill,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** A fresh MIT-MAGIC-COOKIE-1 in Xauthority format that fits every address (family 65535) and display. */
function wildcardCookie(): Buffer {
  const counted = (value: Buffer): Buffer => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(value.length);
    return Buffer.concat([length, value]);
  };
  const fields = [Buffer.alloc(0), Buffer.alloc(0), Buffer.from('MIT-MAGIC-COOKIE-1'), randomBytes(16)];
  return Buffer.concat([Buffer.from([0xff, 0xff]), ...fields.map(counted)]);
}

/** What a killed server leaves behind, unless a later one has taken the number over. */
async function removeLeftovers(number: number): Promise<void> {
  const lock = `/tmp/.X${number}-lock`;
  if (!existsSync(lock)) return;
  const owner = Number(await readFile(lock, 'utf8'));
  if (existsSync(`/proc/${owner}`)) return;
  await rm(lock, { force: true });
  await rm(`/tmp/.X11-unix/X${number}`, { force: true });
}

async function startOpenbox(env: NodeJS.ProcessEnv, folder: string, keyboard: string): Promise<TestProcess> {
  const config = join(folder, 'openbox.xml');
  await writeFile(
    config,
    `<?xml version="1.0"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew></focus>
  <desktops><number>1</number><popupTime>0</popupTime></desktops>
  <keyboard>${keyboard}</keyboard>
</openbox_config>`,
  );
  const home = { XDG_CACHE_HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder };
  const manager = await startProcess('openbox', ['--config-file', config], { env: { ...env, ...home } });
  await waitFor('openbox', async () =>
    (await run('xprop', ['-root', '_NET_SUPPORTING_WM_CHECK'], { env })).includes('window id'),
  );
  return manager;
}

/** A focused xterm whose program writes every byte it is typed into a file. */
export interface KeyLog extends AsyncDisposable {
  /** The X window, as xdotool names it. */
  readonly window: string;
  /** Everything typed into it so far, one character a byte. */
  typed(): Promise<string>;
  focus(): Promise<void>;
  stop(): Promise<void>;
}

/** Opens an xterm that has the focus and logs the keys it receives (terminal in raw mode: each key at once). */
export async function openKeyLog(server: XServer): Promise<KeyLog> {
  const folder = await temporaryFolder();
  const log = join(folder.path, 'typed');
  const title = `key-log-${folder.path.slice(-6)}`;
  const script = 'stty raw -echo && : > "$0" && exec cat >> "$0"';
  const terminal = await startProcess('xterm', ['-T', title, '-e', 'sh', '-c', script, log], {
    env: server.env,
  });
  const stop = async (): Promise<void> => {
    await terminal.stop();
    await folder.remove();
  };
  await waitFor('the raw mode of the xterm', () => existsSync(log));
  const window = await server.xdotool('search', '--sync', '--onlyvisible', '--name', title);
  const focus = async (): Promise<void> => {
    await server.xdotool('windowfocus', window);
    await waitFor('the focus', async () => (await server.xdotool('getwindowfocus')) === window);
  };
  await focus();
  return { window, typed: () => readFile(log, 'latin1'), focus, stop, [Symbol.asyncDispose]: stop };
}
