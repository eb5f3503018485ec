import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Logger } from 'pino';
import type { XResource } from 'x11';
import { lineText } from '../../text/clean.ts';
import type { XConnection } from '../../x11/connection.ts';

/** Of another program's name, UTF-16 units. */
const MOST_NAME = 60;

/** Programs that exist to take keys, or that take keys for their desktop; by the name of their process. */
const KEY_DAEMONS = new Set([
  'sxhkd',
  'xbindkeys',
  'kglobalaccel5',
  'kglobalacceld',
  'gsd-media-keys',
  'mate-settings-daemon',
  'cinnamon-settings-daemon',
  'csd-media-keys',
  'xfsettingsd',
  'xfce4-settings-daemon',
  'lxqt-globalkeysd',
  'autokey-gtk',
  'autokey-qt',
  'espanso',
  'actkbd',
  'plank',
  'albert',
  'ulauncher',
  'flameshot',
  'fcitx',
  'fcitx5',
  'ibus-daemon',
  'ibus-x11',
]);

/** Programs that run a script: the script is the program then. */
const INTERPRETER = /^(?:node|bun|deno|python[\d.]*|perl|ruby|bash|sh|dash|zsh|java)$/;

interface Holder {
  name: string;
  rank: number;
}

/** Programs that grab mouse buttons on their own windows (Xt translations), which X counts the same. */
const BUTTON_GRABBERS = new Set(['xterm', 'xedit', 'xcalc', 'xman', 'xmessage']);

/** The likeliest first. */
const RANK = { daemon: 0, background: 1, application: 2, manager: 3, buttons: 4 } as const;

/**
 * Names the programs that may hold a key which the server refused, the likeliest first; empty when nothing
 * is known. X has no request that tells who holds a grab. What it does tell (X-Resource extension) is which
 * clients hold passive grabs at all, and their process ids. Of those,
 * - we ourselves are left out, and so are programs known to grab only mouse buttons, while others remain;
 * - known hotkey daemons come first, then programs without a window, then those with one (_NET_CLIENT_LIST);
 * - the window manager (_NET_SUPPORTING_WM_CHECK) comes last: it grabs mouse buttons on the windows of apps,
 *   so it may be named beside the true holder.
 */
export async function grabHolders(connection: XConnection, logger: Logger): Promise<string[]> {
  const manager = await windowManager(connection);
  try {
    const found = await holders(connection, manager);
    const suspects = found.filter(({ rank }) => rank !== RANK.buttons);
    if (suspects.length === 0) suspects.push(...found);
    return [...new Set(suspects.sort((one, other) => one.rank - other.rank).map(({ name }) => name))];
  } catch (error) {
    logger.debug({ error: String(error) }, 'the X server does not say which programs hold grabs');
    return [];
  }
}

async function holders(connection: XConnection, manager: WindowManager | null): Promise<Holder[]> {
  const { client, display } = connection;
  const resource = await connection.ask<XResource>((done) => client.require('res', done));
  const clients = await connection.ask<{ resourceBase: number; resourceMask: number }[]>((done) =>
    resource.QueryClients(done),
  );
  const base = (xid: number): number => (xid & ~display.resource_mask) >>> 0;
  const withGrabs: number[] = [];
  for (const { resourceBase } of clients) {
    if (resourceBase === base(display.resource_base)) continue;
    // A client that ended meanwhile holds nothing any more.
    const count = await passiveGrabs(connection, resource, resourceBase).catch(() => 0);
    if (count > 0) withGrabs.push(resourceBase);
  }
  const applications = new Set((await rootWindows(connection, '_NET_CLIENT_LIST')).map(base));
  const managerBase = manager === null ? null : base(manager.window);
  const named = withGrabs.map(async (xid): Promise<Holder> => {
    if (manager !== null && xid === managerBase) return { name: manager.name, rank: RANK.manager };
    const name = await programOf(connection, resource, xid);
    return { name, rank: rankOf(name, applications.has(xid)) };
  });
  return Promise.all(named);
}

function rankOf(name: string, hasWindow: boolean): number {
  if (KEY_DAEMONS.has(name)) return RANK.daemon;
  if (BUTTON_GRABBERS.has(name)) return RANK.buttons;
  return hasWindow ? RANK.application : RANK.background;
}

async function passiveGrabs(connection: XConnection, resource: XResource, xid: number): Promise<number> {
  const kinds = await connection.ask<{ resourceType: number; count: number }[]>((done) =>
    resource.QueryClientResources(xid, done),
  );
  let count = 0;
  for (const kind of kinds) {
    const name = await connection.ask<string>((done) =>
      connection.client.GetAtomName(kind.resourceType, done),
    );
    // As X.Org names its resource type RT_PASSIVEGRAB (dix/resource.c, 21.1).
    if (name === 'PASSIVE GRAB') count += kind.count;
  }
  return count;
}

/** The program of a client on this machine; the server knows its process id. */
async function programOf(connection: XConnection, resource: XResource, xid: number): Promise<string> {
  const mask = resource.ClientIdMask.LocalClientPID;
  const ids = await connection.ask<{ value: number[] }[]>((done) =>
    resource.QueryClientIds([{ client: xid, mask }], done),
  );
  const pid = ids[0]?.value[0];
  if (pid === undefined) return 'a program on another machine';
  return (await programName(pid)) ?? `process ${pid}`;
}

/** What a process is called: its command, or the script that an interpreter runs. */
export async function programName(pid: number): Promise<string | null> {
  let line: string;
  try {
    line = await readFile(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return null; // it ended, or belongs to another pid namespace: no name is the answer
  }
  const [command = '', ...rest] = line.split('\0').filter(Boolean);
  const inline = rest.some((word) => word === '-c' || word === '-e');
  const isScript = INTERPRETER.test(basename(command)) && !inline;
  const script = isScript ? rest.find((word) => !word.startsWith('-')) : undefined;
  return lineText(basename(script ?? command), MOST_NAME) || null;
}

interface WindowManager {
  window: number;
  name: string;
}

async function windowManager(connection: XConnection): Promise<WindowManager | null> {
  const [window] = await rootWindows(connection, '_NET_SUPPORTING_WM_CHECK');
  if (window === undefined) return null;
  const name = await property(connection, window, '_NET_WM_NAME');
  return { window, name: lineText(name?.toString() ?? '', MOST_NAME) || 'the window manager' };
}

async function rootWindows(connection: XConnection, name: string): Promise<number[]> {
  const root = connection.display.screen[0]?.root;
  const data = root === undefined ? null : await property(connection, root, name);
  if (data === null) return [];
  return Array.from({ length: Math.floor(data.length / 4) }, (_, index) => data.readUInt32LE(index * 4));
}

/** A property's bytes (at most 64 KiB); null where the window or the property is missing. */
async function property(connection: XConnection, window: number, name: string): Promise<Buffer | null> {
  const { client } = connection;
  const atom = await connection.atom(name, { create: false });
  if (atom === 0) return null;
  try {
    const { data } = await connection.ask<{ data: Buffer }>((done) =>
      client.GetProperty(0, window, atom, 0, 0, 16_384, done),
    );
    return data.length > 0 ? data : null;
  } catch {
    return null; // BadWindow: it was closed meanwhile
  }
}
