import { connect, isIPv6, type Socket } from 'node:net';

/** Where an X server listens. */
export interface DisplayPlace {
  /** null: on this machine, by a Unix socket. */
  host: string | null;
  number: number;
  /** The path of the socket, where DISPLAY is one (XQuartz); null: the usual one of the number. */
  path: string | null;
}

/** TCP port of display 0. */
const FIRST_PORT = 6_000;
const MAX_NUMBER = 65_535 - FIRST_PORT;
const FOLDER = '/tmp/.X11-unix';

/**
 * Reads DISPLAY as X libraries do: `[protocol/][host]:number[.screen]`, where the host may be an IPv6 address in
 * brackets, and `unix` stands for a Unix socket, also behind the name of this machine (`host/unix:0`, as xauth writes
 * it); or the path of a socket and a number. null: it has another form.
 */
export function parseDisplay(display: string): DisplayPlace | null {
  const match = /^(?<rest>.*):(?<number>\d{1,5})(?:\.\d+)?$/.exec(display);
  const number = Number(match?.groups?.number);
  const rest = match?.groups?.rest;
  if (rest === undefined || number > MAX_NUMBER) return null;
  if (rest.startsWith('/')) return { host: null, number, path: `${rest}:${match?.groups?.number}` };
  const slash = rest.lastIndexOf('/');
  const protocol = slash < 0 ? '' : rest.slice(0, slash);
  const host = rest.slice(slash + 1);
  if (host === '' || host === 'unix' || protocol === 'unix' || protocol === 'local')
    return { host: null, number, path: null };
  const bracketed = /^\[(?<address>[^\]]+)\]$/.exec(host)?.groups?.address;
  if (bracketed !== undefined) return isIPv6(bracketed) ? { host: bracketed, number, path: null } : null;
  // `[::1]:0` and `::1:0` are the same to X; a host name has no colon.
  if (host.includes(':') && !isIPv6(host)) return null;
  return { host, number, path: null };
}

/** The addresses of a display, the likeliest first: a server may have its socket as a file, as an abstract name, or both. */
export function connectionsTo({ host, number, path }: DisplayPlace): (() => Socket)[] {
  if (host !== null) return [() => connect({ host, port: FIRST_PORT + number })];
  if (path !== null) return [() => connect({ path })];
  const file = `${FOLDER}/X${number}`;
  const abstract = process.platform === 'linux' ? [() => connect({ path: `\0${file}` })] : [];
  return [() => connect({ path: file }), ...abstract];
}
