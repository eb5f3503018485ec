import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { glob, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliResult } from '../desktop.ts';
import { runAsRoot } from '../installer.ts';
import { debian13Wine, type TestSystem } from '../newer-debian.ts';
import { startProcess, waitFor } from '../process.ts';
import { testCache } from '../test-cache.ts';

/** A running program of this Windows. */
export interface WindowsProcess {
  /** Its process here, not that of Windows. */
  pid: number;
  /** Its command line as Windows has it. */
  command: string;
}

/** A Windows that nobody has used: Wine 10 with a new prefix. It has no sound and no screen but those it is given. */
export interface Windows extends AsyncDisposable {
  /** %USERPROFILE%, as this system has it. */
  readonly home: string;
  /** Runs a program to its end. @param program path of Windows, or a program of its PATH */
  run(program: string, args?: readonly string[], options?: RunOptions): Promise<CliResult>;
  /** Starts a program that goes on, e.g. one with a window. */
  start(program: string, args?: readonly string[]): Promise<void>;
  /** The programs that run now, without those of Windows itself. */
  processes(): Promise<WindowsProcess[]>;
  /** Ends Windows with all its programs, and removes its files. */
  stop(): Promise<void>;
}

interface RunOptions {
  /** A folder of this system. */
  cwd?: string;
  /** Limit, ms. */
  timeout?: number;
}

/** A program takes seconds to start here, and more on a busy machine. */
const PATIENCE_MS = 180_000;

const SERVER = '/usr/lib/wine/wineserver';
const WINE = '/usr/lib/wine/wine64';
/** In Debian 13's tree: a prefix that was made once (772 MB) and is copied for each Windows. */
const TEMPLATE = '/prefix';

/**
 * Starts Windows. What Wine 10.0 lacks: Node takes no Unix pipes as its output, so that goes to files; a program in a
 * pseudoconsole gets no output and its screen is not drawn; programs of 32 bits do not run; hotkeys need what
 * userenv.c does.
 * @param env DISPLAY and PULSE_SERVER are taken from it
 */
export async function startWindows(env: NodeJS.ProcessEnv): Promise<Windows> {
  const system = await debian13Wine(testCache());
  // The sound server's socket and the prefix must both be below /tmp, which Debian 13 shares with this system.
  const folder = await mkdtemp(join(tmpdir(), 'codex-voice-windows-'));
  const prefix = join(folder, 'prefix');
  const own = environment(env, folder);
  await makeTemplate(system, own);
  await runAsRoot('cp', '-a', system.path(TEMPLATE), prefix);
  const unix = (program: string, args: readonly string[], options: RunOptions = {}) =>
    runInside(system, [program, ...args], { ...options, env: { ...own, WINEPREFIX: prefix } });

  const foreground = system.command(SERVER, ['--foreground', '--persistent']);
  const server = await startProcess(foreground.command, foreground.args, {
    env: { ...own, WINEPREFIX: prefix },
  });
  let count = 0;
  const launch = async (
    program: string,
    args: readonly string[],
    options: RunOptions,
  ): Promise<CliResult> => {
    count += 1;
    const output = join(folder, `output-${count}`);
    const words = ['-c', TO_FILES, 'sh', output, options.cwd ?? folder, WINE, program, ...args];
    const status = await unix('/bin/sh', words, options);
    const [stdout, stderr] = await Promise.all(
      ['out', 'err'].map((end) => readFile(`${output}.${end}`, 'utf8')),
    );
    return { status, stdout: stdout ?? '', stderr: stderr ?? '' };
  };
  const stop = async (): Promise<void> => {
    await unix(SERVER, ['--kill']);
    await server.exited;
    await waitFor('the programs of Windows to end', async () => (await processesOf(prefix)).length === 0);
    await runAsRoot('rm', '-rf', '--one-file-system', folder);
  };
  try {
    // The first program starts Windows' services, which takes longest.
    const { status, stderr } = await launch('reg.exe', NO_DEBUGGER, {});
    if (status !== 0) throw new Error(`Windows does not start: ${stderr}`);
  } catch (error) {
    await stop();
    throw error;
  }
  const [home = ''] = await Array.fromAsync(glob('drive_c/users/[!P]*', { cwd: prefix }));
  return {
    home: join(prefix, home),
    run: (program, args = [], options = {}) => launch(program, args, options),
    async start(program, args = []) {
      const { status, stderr } = await launch('cmd.exe', ['/c', 'start', program, ...args], {});
      if (status !== 0) throw new Error(`${program} does not start: ${stderr}`);
    },
    processes: async () =>
      (await processesOf(prefix)).filter(({ command }) => !PART_OF_WINDOWS.test(command)),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Path of a file of this system as a program of Windows names it. */
export function windowsPath(file: string): string {
  return `Z:${file.replaceAll('/', '\\')}`;
}

/** What crashes, ends, and does not wait for a debugger: SnoreToast does. */
const NO_DEBUGGER = [
  'add',
  String.raw`HKLM\Software\Microsoft\Windows NT\CurrentVersion\AeDebug`,
  ...['/v', 'Debugger', '/d', 'false', '/f'],
];

const TO_FILES = 'output=$1; cd "$2"; shift 2; exec "$@" </dev/null >"$output.out" 2>"$output.err"';

const PART_OF_WINDOWS =
  /^(?:C:\\windows\\|\/usr\/lib\/wine\/wineserver|.*\\(?:explorer|start|conhost)\.exe)/i;

/** No variable of this session: Windows gets its own, and Node's would be taken for its. */
function environment(
  { DISPLAY = '', PULSE_SERVER = '' }: NodeJS.ProcessEnv,
  home: string,
): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    HOME: home,
    DISPLAY,
    PULSE_SERVER,
    WINEDEBUG: '-all',
    // No .NET and no browser, which Wine would offer to download; no entries in menus.
    // The one beside a program that has one: userenv.c.
    WINEDLLOVERRIDES: 'mscoree,mshtml=;winemenubuilder.exe=d;userenv=n,b',
  };
}

async function makeTemplate(system: TestSystem, env: NodeJS.ProcessEnv): Promise<void> {
  if (existsSync(system.path(`${TEMPLATE}-made`))) return;
  const made = { ...env, WINEPREFIX: TEMPLATE };
  await runAsRoot('rm', '-rf', system.path(TEMPLATE));
  // Its own status says nothing: there is no 32-bit part to set up.
  await runInside(system, [WINE, 'wineboot', '--init'], { env: made });
  await runInside(system, [SERVER, '--wait'], { env: made });
  if (!existsSync(system.path(`${TEMPLATE}/system.reg`))) throw new Error('Wine has made no prefix');
  await runAsRoot('touch', system.path(`${TEMPLATE}-made`));
}

/** Not in a process group of its own, which would end with it: what a program of Windows leaves running, is to stay. */
function runInside(
  system: TestSystem,
  [program = '', ...rest]: readonly string[],
  { env, timeout = PATIENCE_MS }: RunOptions & { env: NodeJS.ProcessEnv },
): Promise<number | null> {
  const { command, args } = system.command(program, rest);
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { env, timeout, killSignal: 'SIGKILL' });
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

async function processesOf(prefix: string): Promise<WindowsProcess[]> {
  const found: WindowsProcess[] = [];
  for await (const folder of glob('/proc/[0-9]*')) {
    try {
      const variables = await readFile(`${folder}/environ`, 'latin1');
      if (!variables.split('\0').includes(`WINEPREFIX=${prefix}`)) continue;
      const command = (await readFile(`${folder}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
      if (command !== '') found.push({ pid: Number(folder.slice('/proc/'.length)), command });
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}
