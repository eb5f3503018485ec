import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Address of a sound server. */
export type PulseAddress = { path: string } | { host: string; port: number };

/** The X properties by which libpulse finds a server (module-x11-publish of PulseAudio sets them). */
export interface PublishedServer {
  /** `PULSE_SERVER`; empty when it is not set. */
  server: string;
  /** `PULSE_COOKIE`, in hexadecimal; empty when it is not set. */
  cookie: string;
}

/** Size of a cookie in bytes (PA_NATIVE_COOKIE_LENGTH, pulsecore/native-common.h). */
const COOKIE_BYTES = 256;
/** PA_NATIVE_DEFAULT_PORT of pulsecore/native-common.h. */
const DEFAULT_PORT = 4713;

/**
 * Lists the addresses to try, in order, as libpulse 16.1 does: PULSE_SERVER, then the X property of that name, then
 * the socket of the user, then the one of the system.
 * @param published what the X server says; null without one
 * @param machineId the contents of /etc/machine-id: an address may be restricted to one machine
 */
export function pulseAddresses(
  env: NodeJS.ProcessEnv,
  published: PublishedServer | null,
  machineId: string,
): PulseAddress[] {
  const list = env.PULSE_SERVER || published?.server;
  if (list) return parseServerList(list, machineId);
  const user = userSocket(env);
  return [...(user ? [{ path: user }] : []), { path: '/var/run/pulse/native' }];
}

/** Reads /etc/machine-id; empty if it does not exist. */
export async function readMachineId(): Promise<string> {
  for (const file of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
    const id = await readFile(file, 'utf8').catch(() => '');
    if (id.trim() !== '') return id.trim();
  }
  return '';
}

/**
 * Reads the cookie that proves to the server who is asking: from the file that PULSE_COOKIE names, from the X
 * property, or from the user's folder. Without one it is all zeros, which a server on this machine accepts from the
 * user it runs as.
 */
export async function readCookie(env: NodeJS.ProcessEnv, published: PublishedServer | null): Promise<Buffer> {
  const home = env.HOME || homedir();
  const config = env.XDG_CONFIG_HOME || join(home, '.config');
  if (!env.PULSE_COOKIE && published?.cookie) {
    const cookie = Buffer.from(published.cookie, 'hex');
    if (cookie.length === COOKIE_BYTES) return cookie;
  }
  const files = env.PULSE_COOKIE
    ? [env.PULSE_COOKIE.startsWith('/') ? env.PULSE_COOKIE : join(home, env.PULSE_COOKIE)]
    : [join(config, 'pulse', 'cookie'), join(home, '.pulse-cookie')];
  for (const file of files) {
    const cookie = await readFile(file).catch(() => null);
    if (cookie?.length === COOKIE_BYTES) return cookie;
  }
  return Buffer.alloc(COOKIE_BYTES);
}

function userSocket(env: NodeJS.ProcessEnv): string | null {
  if (env.PULSE_RUNTIME_PATH) return join(env.PULSE_RUNTIME_PATH, 'native');
  return env.XDG_RUNTIME_DIR ? join(env.XDG_RUNTIME_DIR, 'pulse', 'native') : null;
}

/** The addresses of a list such as `{id}unix:/run/user/1000/pulse/native tcp:host:4713`. */
function parseServerList(list: string, machineId: string): PulseAddress[] {
  return list
    .split(/\s+/)
    .filter((entry) => entry !== '')
    .flatMap((entry) => parseServer(entry, machineId) ?? []);
}

/** Null: it is for another machine, or no address. */
function parseServer(entry: string, machineId: string): PulseAddress | null {
  let rest = entry;
  if (rest.startsWith('{')) {
    const prefix = `{${machineId}}`;
    if (!rest.startsWith(prefix)) return null;
    rest = rest.slice(prefix.length);
  }
  if (rest.startsWith('unix:')) rest = rest.slice('unix:'.length);
  if (rest.startsWith('/')) return { path: rest };
  const match = /^(?:tcp[46]?:)?(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(rest);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  return host && port > 0 && port <= 65_535 ? { host, port } : null;
}
