import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter } from 'node:path';
import type { Logger } from 'pino';
import {
  displayCandidates,
  type EnvironmentCandidate,
  endedDisplays,
  type SessionPlaces,
} from './candidates.ts';
import { loginShellPath, usualFolders } from './login-path.ts';

/** Variables of a display. They come from one place, so that they fit together. */
const DISPLAY_VARIABLES = [
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XAUTHORITY',
  'XDG_SESSION_TYPE',
  'XDG_CURRENT_DESKTOP',
] as const;
const BUS = 'DBUS_SESSION_BUS_ADDRESS';

/**
 * Completes the environment of a daemon that a service manager started: adds the missing variables of the user's
 * desktop (display, session bus) and the folders of their PATH. Values in a service file would be wrong after the next
 * sign-in. Removes a display that has ended, which systemd may keep from an earlier sign-in or another desktop. The log
 * names the source of each variable, but not its value. Takes as long as the user's login shell, at most 3 s.
 */
export async function sessionEnvironment(
  given: NodeJS.ProcessEnv,
  logger: Logger,
  places: SessionPlaces = standardPlaces(),
): Promise<NodeJS.ProcessEnv> {
  const env = await withoutEnded(given, logger, places);
  const [desktop, path] = await Promise.all([desktopVariables(env, logger, places), wholePath(env, logger)]);
  return { ...env, ...desktop, PATH: path };
}

/** Without any display left, what describes the desktop is out of date as well. */
async function withoutEnded(
  env: NodeJS.ProcessEnv,
  logger: Logger,
  places: SessionPlaces,
): Promise<NodeJS.ProcessEnv> {
  if (process.platform !== 'linux') return env;
  const ended = await endedDisplays(env, places);
  if (ended.length === 0) return env;
  const left: NodeJS.ProcessEnv = { ...env };
  for (const name of ended) delete left[name];
  const stale = hasDisplay(left) ? ended : DISPLAY_VARIABLES.filter((name) => env[name]);
  for (const name of stale) delete left[name];
  logger.info({ variables: stale }, 'left out variables of a desktop that has ended');
  return left;
}

function standardPlaces(): SessionPlaces {
  return { processes: '/proc', xSockets: '/tmp/.X11-unix', uid: process.getuid?.() ?? -1 };
}

async function desktopVariables(
  env: NodeJS.ProcessEnv,
  logger: Logger,
  places: SessionPlaces,
): Promise<NodeJS.ProcessEnv> {
  const found: NodeJS.ProcessEnv = {};
  if (process.platform !== 'linux' || isComplete(env)) return found;
  for await (const candidate of displayCandidates(env, places, logger)) {
    const now = { ...env, ...found };
    if (isComplete(now)) break;
    const names = missingFrom(now, candidate);
    for (const name of names) found[name] = candidate.env[name];
    if (names.length > 0)
      logger.info({ variables: names, source: candidate.source }, 'found the environment');
  }
  const missing = [
    ...(hasDisplay({ ...env, ...found }) ? [] : ['DISPLAY']),
    ...(env[BUS] || found[BUS] ? [] : [BUS]),
  ];
  if (missing.length > 0) logger.warn({ variables: missing }, 'not found in the environment of this desktop');
  return found;
}

/** Lists the missing variables that a candidate has, if it is about the same display. */
function missingFrom(now: NodeJS.ProcessEnv, { env }: EnvironmentCandidate): string[] {
  const displays = (['DISPLAY', 'WAYLAND_DISPLAY'] as const).filter((name) => now[name] && env[name]);
  // Two sessions of one user can run side by side, one of them on X11 and the other on Wayland.
  const shared = displays.length > 0 && displays.every((name) => now[name] === env[name]);
  const sameDisplay = shared || !hasDisplay(now);
  const names: string[] = sameDisplay ? [...DISPLAY_VARIABLES, BUS] : [BUS];
  return names.filter((name) => !now[name] && env[name]);
}

function hasDisplay(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** True with a display, its type and its key, and a bus. */
function isComplete(env: NodeJS.ProcessEnv): boolean {
  const key = env.XAUTHORITY || existsSync(`${env.HOME || homedir()}/.Xauthority`);
  const kind = env.WAYLAND_DISPLAY || env.XDG_SESSION_TYPE;
  return Boolean(env[BUS] && hasDisplay(env) && key && kind);
}

/**
 * The folders of the login shell, then the given ones, then the usual ones that exist, each once. The login shell comes
 * first because its order is the user's; a service manager only knows the system's.
 */
async function wholePath(env: NodeJS.ProcessEnv, logger: Logger): Promise<string> {
  const shell = await loginShellPath(env, logger);
  const usual = await usualFolders(env);
  const folders = new Set<string>();
  const add = (source: string, more: readonly string[]): void => {
    const before = folders.size;
    for (const folder of more) if (folder.startsWith('/')) folders.add(folder);
    const added = folders.size - before;
    if (added > 0) logger.info({ source, folders: added }, 'found folders of PATH');
  };
  add('the login shell', shell);
  add('the environment', (env.PATH ?? '').split(delimiter));
  add('the usual folders', usual);
  return [...folders].join(delimiter);
}
