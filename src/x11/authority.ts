import { readFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';

/** What the client shows the X server; empty strings where the server asks for nothing. */
interface Cookie {
  name: string;
  /** Bytes as latin1. */
  data: string;
}

interface Entry {
  family: number;
  address: Buffer;
  display: string;
  name: string;
  data: string;
}

const NO_COOKIE: Cookie = { name: '', data: '' };

// Address families of an Xauthority file (X11/Xauth.h).
const FAMILY_INTERNET = 0;
const FAMILY_INTERNET_6 = 6;
const FAMILY_LOCAL = 256;
const FAMILY_WILD = 65535;

/**
 * The cookie for a display from $XAUTHORITY or ~/.Xauthority. Read here and not by `x11`, whose reader
 * throws from a callback, out of anybody's reach, when the file may not be read (4.2.2), and knows only
 * the environment of its own process.
 * @param address IP address of the server, null for one that is reached by a Unix socket
 */
export async function cookieFor(
  display: number,
  address: string | null,
  env: NodeJS.ProcessEnv,
  logger: Logger,
): Promise<Cookie> {
  const path = env.XAUTHORITY || join(env.HOME || homedir(), '.Xauthority');
  let file: Buffer;
  try {
    file = await readFile(path);
  } catch (error) {
    // Ordinary on a server that lets this user in without one.
    logger.debug({ path, error: String(error) }, 'no X authority file');
    return NO_COOKIE;
  }
  const found = parseAuthority(file).find((entry) => fits(entry, display, address));
  return found ? { name: found.name, data: found.data } : NO_COOKIE;
}

/** The complete entries of an Xauthority file; one that is cut off at the end is left out. */
export function parseAuthority(file: Buffer): Entry[] {
  const entries: Entry[] = [];
  let offset = 0;
  const counted = (): Buffer | null => {
    if (offset + 2 > file.length) return null;
    const end = offset + 2 + file.readUInt16BE(offset);
    if (end > file.length) return null;
    const value = file.subarray(offset + 2, end);
    offset = end;
    return value;
  };
  while (offset + 2 <= file.length) {
    const family = file.readUInt16BE(offset);
    offset += 2;
    const [address, display, name, data] = [counted(), counted(), counted(), counted()];
    if (!address || !display || !name || !data) break;
    entries.push({
      family,
      address,
      display: display.toString('latin1'),
      name: name.toString('latin1'),
      data: data.toString('latin1'),
    });
  }
  return entries;
}

function fits(entry: Entry, display: number, address: string | null): boolean {
  if (entry.name !== 'MIT-MAGIC-COOKIE-1') return false;
  if (entry.display !== '' && entry.display !== String(display)) return false;
  if (entry.family === FAMILY_WILD) return true;
  const local = entry.family === FAMILY_LOCAL && entry.address.toString() === hostname();
  if (address === null) return local;
  const bytes = addressBytes(address);
  const family = bytes.length === 4 ? FAMILY_INTERNET : FAMILY_INTERNET_6;
  // X libraries take the loopback interface for this machine.
  return (isLoopback(bytes) && local) || (entry.family === family && entry.address.equals(bytes));
}

function isLoopback(bytes: Buffer): boolean {
  return bytes.length === 4
    ? bytes[0] === 127
    : bytes.at(-1) === 1 && bytes.subarray(0, -1).every((byte) => byte === 0);
}

/** The bytes of an IP address as Node writes it; an IPv4 address in IPv6 clothes counts as IPv4. */
function addressBytes(address: string): Buffer {
  const plain = address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  if (!plain.includes(':')) return Buffer.from(plain.split('.').map(Number));
  const [head = '', tail] = plain.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((each) => Number.parseInt(each, 16));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const all = [...first, ...new Array<number>(Math.max(0, 8 - first.length - last.length)).fill(0), ...last];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
