import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import type { Logger } from 'pino';
import { output } from '../processes/run.ts';
import { parseDisplay } from '../x11/display.ts';
import { processEnvironment } from './process-environment.ts';

/** Places to search; tests replace them. */
export interface SessionPlaces {
  /** `/proc` */
  processes: string;
  /** `/tmp/.X11-unix` */
  xSockets: string;
  uid: number;
}

/** An environment that may be the desktop's, and where it was found. */
export interface EnvironmentCandidate {
  source: string;
  env: NodeJS.ProcessEnv;
}

const SYSTEMCTL_MS = 3_000;

/** Yields environments that may be the desktop's, the most reliable first. */
export async function* displayCandidates(
  env: NodeJS.ProcessEnv,
  places: SessionPlaces,
  logger: Logger,
): AsyncGenerator<EnvironmentCandidate, void, undefined> {
  const displays = await xDisplays(places);
  const manager = await managerEnvironment(env, logger);
  if (manager) yield usable({ source: 'systemd --user', env: manager }, displays);
  for (const candidate of await sessionProcesses(places, displays, logger)) yield candidate;
  yield standardSockets(env, places, displays);
}

/**
 * Lists the displays of this machine that an environment names and that have ended. systemd and launchers keep them after
 * a sign-out, and give them to the services of the next desktop.
 */
export async function endedDisplays(
  env: NodeJS.ProcessEnv,
  places: SessionPlaces,
): Promise<('DISPLAY' | 'WAYLAND_DISPLAY')[]> {
  const { env: checked } = usable({ source: '', env }, await xDisplays(places));
  const isRemote = (parseDisplay(env.DISPLAY ?? '')?.host ?? null) !== null;
  return (['DISPLAY', 'WAYLAND_DISPLAY'] as const).filter(
    (name) => env[name] && !checked[name] && !(name === 'DISPLAY' && isRemote),
  );
}

/** The environment that the desktop passed to systemd (`systemctl --user import-environment`); null without systemd. */
async function managerEnvironment(env: NodeJS.ProcessEnv, logger: Logger): Promise<NodeJS.ProcessEnv | null> {
  try {
    const options = { env, timeoutMs: SYSTEMCTL_MS };
    return parseShellEnvironment(await output('systemctl', ['--user', 'show-environment'], options));
  } catch (error) {
    logger.debug({ err: error }, 'no systemd of this user reports its environment');
    return null;
  }
}

/** Parses `NAME=value` lines as systemctl 252 prints them: some values are written as $'...' with C escapes. */
export function parseShellEnvironment(text: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) env[name] = /^\$'.*'$/.test(value) ? unescaped(value.slice(2, -1)) : value;
  }
  return env;
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

function unescaped(text: string): string {
  return text.replaceAll(
    /\\(?:x([0-9a-f]{2})|([0-7]{3})|(.))/gi,
    (_, hex?: string, octal?: string, letter = '') => {
      if (hex) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal) return String.fromCharCode(Number.parseInt(octal, 8));
      return ESCAPES[letter] ?? letter;
    },
  );
}

/** Programs that lead or draw a session. Another program's environment counts only without one of these. */
const SESSION_PROGRAMS =
  /session|shell$|^(openbox|fluxbox|i3|sway|Hyprland|niri|river|wayfire|labwc|awesome|bspwm|dwm|xmonad|qtile|kwin_\w+|xfwm4|marco|muffin|icewm)/;

/** Environments of this user's processes with a display of this machine: session leaders first, then the oldest. */
async function sessionProcesses(
  places: SessionPlaces,
  displays: readonly number[],
  logger: Logger,
): Promise<EnvironmentCandidate[]> {
  const found: (EnvironmentCandidate & { leads: boolean; started: number })[] = [];
  const pids = (await readdir(places.processes).catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    try {
      const folder = join(places.processes, pid);
      if ((await stat(folder)).uid !== places.uid) continue;
      const candidate = usable({ source: '', env: await processEnvironment(folder) }, displays);
      if (!candidate.env.DISPLAY && !candidate.env.WAYLAND_DISPLAY) continue;
      const { name, started } = processOf(await readFile(join(folder, 'stat'), 'utf8'));
      const source = `the process ${name} (${pid})`;
      found.push({ ...candidate, source, leads: SESSION_PROGRAMS.test(name), started });
    } catch (error) {
      // It ended meanwhile, or is unreadable (a setuid program).
      logger.trace({ err: error, pid }, 'no environment of this process');
    }
  }
  return found.sort((a, b) => Number(b.leads) - Number(a.leads) || a.started - b.started);
}

/** proc(5): the name is in parentheses and may contain anything; the start (field 22) is in clock ticks since boot. */
function processOf(line: string): { name: string; started: number } {
  const end = line.lastIndexOf(')');
  const fields = line.slice(end + 2).split(' ');
  return { name: line.slice(line.indexOf('(') + 1, end), started: Number(fields[19]) };
}

/** Removes a display that does not exist, or that is forwarded from another machine (ssh -X). */
function usable({ source, env }: EnvironmentCandidate, displays: readonly number[]): EnvironmentCandidate {
  const checked = { ...env };
  const place = parseDisplay(env.DISPLAY ?? '');
  const here = place?.path ? existsSync(place.path) : displays.includes(place?.number ?? -1);
  if (place?.host !== null || !here) {
    delete checked.DISPLAY;
    delete checked.XAUTHORITY;
  }
  const wayland = env.WAYLAND_DISPLAY ?? '';
  const socket = wayland.startsWith('/') ? wayland : join(env.XDG_RUNTIME_DIR ?? '/', wayland);
  if (wayland === '' || !existsSync(socket)) delete checked.WAYLAND_DISPLAY;
  return { source, env: checked };
}

/** Numbers of the running X servers. */
async function xDisplays(places: SessionPlaces): Promise<number[]> {
  const names = await readdir(places.xSockets).catch(() => []);
  const files = names.flatMap((name) => (/^X\d+$/.test(name) ? [Number(name.slice(1))] : []));
  // Abstract sockets without files, such as those of a container that shares only the network (proc(5), unix(7)).
  const sockets = await readFile(join(places.processes, 'net', 'unix'), 'utf8').catch(() => '');
  const abstract = [...sockets.matchAll(/ @\/tmp\/\.X11-unix\/X(\d+)$/gmu)].map(([, number]) =>
    Number(number),
  );
  return [...new Set([...files, ...abstract])];
}

/** The standard sockets. With several X servers, none is used, because their owners are unknown. */
function standardSockets(
  env: NodeJS.ProcessEnv,
  places: SessionPlaces,
  displays: number[],
): EnvironmentCandidate {
  const runtime = env.XDG_RUNTIME_DIR || `/run/user/${places.uid}`;
  const found: NodeJS.ProcessEnv = {};
  if (existsSync(join(runtime, 'bus'))) found.DBUS_SESSION_BUS_ADDRESS = `unix:path=${join(runtime, 'bus')}`;
  if (displays.length === 1) found.DISPLAY = `:${displays[0]}`;
  const wayland = ['wayland-0', 'wayland-1'].map((name) => join(runtime, name)).find(existsSync);
  if (wayland) found.WAYLAND_DISPLAY = basename(wayland);
  // GDM's, and the default of other display managers.
  const keys = [join(runtime, 'gdm', 'Xauthority'), join(env.HOME || homedir(), '.Xauthority')];
  const key = keys.find(existsSync);
  if (key) found.XAUTHORITY = key;
  return { source: 'the standard sockets', env: found };
}
