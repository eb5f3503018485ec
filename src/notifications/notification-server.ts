import { DBusError, Message, Variant } from '@jellybrick/dbus-next';
import { ownerChange, watchOwner, watchSignals } from '../dbus/owner.ts';
import type { BusConnection } from '../dbus/session-bus.ts';
import { displayText } from '../text/clean.ts';
import { shorten } from '../text/shorten.ts';
import { escapeMarkup } from './markup.ts';
import type { Bubble, CloseReason } from './notification.ts';
import { markupOf, shortenRich, unstyled } from './rich-text.ts';

/** The messages of the Desktop Notifications Specification 1.2 (org.freedesktop.Notifications). */
const serverName = 'org.freedesktop.Notifications';

/** Name, version and capabilities of a server. */
export interface ServerAbilities {
  /** e.g. `dunst` */
  name: string;
  version: string;
  /** e.g. `actions`, `body`, `body-markup` */
  capabilities: string[];
}

export type ServerSignal =
  | { type: 'action'; id: number; key: string; sender: string }
  /** Precedes an action, where the desktop uses it. */
  | { type: 'activation'; id: number; token: string; sender: string }
  /** Text was entered in the field of a bubble (Plasma). */
  | { type: 'reply'; id: number; text: string; sender: string }
  | { type: 'closed'; id: number; reason: CloseReason; sender: string }
  /** The server started (its unique name on the bus) or ended (null). */
  | { type: 'owner'; owner: string | null };

/** Both the capability and the key of the action. */
export const replyKey = 'inline-reply';

/** Lengths in UTF-16 units: more than any server shows, and short enough for every one. */
const longestTitle = 200;
const longestBody = { characters: 4_000, lines: 400 };

/** UTF-16 units. Compositors use about 40. */
const longestToken = 1_000;

const urgencies = { low: 0, normal: 1, critical: 2 };

/**
 * For this time, ms, Plasma refuses a notification with the same title, text and buttons as the one before, even as an
 * update (server_p.cpp of plasma-workspace). A little is added for the bus.
 */
export const REPETITION_MS = 1_000 + 50;

/** True when the server refused a notification because it has just taken an identical one. */
export function isRepetition(error: unknown): boolean {
  return (
    error instanceof DBusError &&
    error.type === 'org.freedesktop.Notifications.Error.ExcessNotificationGeneration'
  );
}

/** Subscribes to the server's signals and to its start and end. */
export async function subscribe(bus: BusConnection): Promise<void> {
  await Promise.all([
    watchSignals(bus, `type='signal',sender='${serverName}',interface='${serverName}'`),
    watchOwner(bus, serverName),
  ]);
}

/**
 * Asks the server for its name and capabilities; the bus starts it if possible.
 * @returns also its unique name on the bus (`owner`), and the name of this connection (`self`)
 */
export async function askServer(
  bus: BusConnection,
): Promise<ServerAbilities & { owner: string; self: string }> {
  const [capabilities, information] = await Promise.all([
    bus.call(serverCall('GetCapabilities')),
    bus.call(serverCall('GetServerInformation')),
  ]);
  const [name, , version] = information.body.map(String);
  const list: unknown = capabilities.body[0];
  return {
    name: name ?? '',
    version: version ?? '',
    capabilities: Array.isArray(list) ? list.map(String) : [],
    owner: capabilities.sender,
    self: capabilities.destination ?? '',
  };
}

/**
 * Shows a bubble; resolves with the server's id.
 * @param replaces the id of the bubble that it replaces; 0: none
 * @param icon a file: URL
 */
export async function notify(
  server: ServerAbilities & { bus: BusConnection },
  bubble: Bubble,
  replaces: number,
  icon: string,
): Promise<number> {
  const answer = await server.bus.call(
    serverCall('Notify', 'susssasa{sv}i', [
      'codex-voice',
      replaces,
      icon,
      shorten(displayText(bubble.title).replaceAll('\n', ' '), longestTitle),
      bodyFor(server, bubble),
      actionsFor(server, bubble),
      hintsFor(server, bubble),
      bubble.timeout ?? -1,
    ]),
  );
  return Number(answer.body[0]);
}

/** Removes a bubble from the screen. Some servers report an error when it is already gone. */
export async function closeNotification(bus: BusConnection, id: number): Promise<void> {
  await bus.call(serverCall('CloseNotification', 'u', [id]));
}

/** Parses a signal; null: it is something else. */
export function readSignal(signal: Message): ServerSignal | null {
  const { interface: from, member, sender, body } = signal;
  const [first, second] = body;
  const change = ownerChange(signal);
  if (change?.name === serverName) return { type: 'owner', owner: change.owner || null };
  if (from !== serverName || typeof first !== 'number') return null;
  if (member === 'ActionInvoked' && typeof second === 'string')
    return { type: 'action', id: first, key: second, sender };
  if (member === 'ActivationToken' && typeof second === 'string' && second.length <= longestToken)
    return { type: 'activation', id: first, token: second, sender };
  if (member === 'NotificationReplied' && typeof second === 'string')
    return { type: 'reply', id: first, text: second, sender };
  if (member === 'NotificationClosed') return { type: 'closed', id: first, reason: reasonOf(second), sender };
  return null;
}

/** Users can write rules for a category in dunst, mako and SwayNotificationCenter. */
const quietCategory = 'x-codex-voice.quiet';

/**
 * Servers that draw the hint `value` as a bar below the text: verified with dunst 1.9, documented for mako and SwayNC.
 * xfce4-notifyd 0.7.3 draws the bar instead of the title and the text.
 */
const drawsBars = new Set(['dunst', 'mako', 'SwayNotificationCenter']);

/** Servers with Pango's markup. GNOME Shell shows unknown tags, Plasma 5.27 removes them. */
const hasMonospace = new Set(['dunst', 'Xfce Notify Daemon', 'mako', 'SwayNotificationCenter']);

function hintsFor(server: ServerAbilities, bubble: Bubble): Record<string, Variant> {
  const { urgency, passing, resident, quiet, meter, reply, replyHint } = bubble;
  const category = quiet ? quietCategory : passing ? 'im' : 'im.received';
  const field = reply !== undefined && server.capabilities.includes(replyKey);
  return {
    urgency: new Variant('y', urgencies[urgency]),
    category: new Variant('s', category),
    'desktop-entry': new Variant('s', 'codex-voice'),
    // The program plays its own sounds.
    'suppress-sound': new Variant('b', true),
    ...(passing && { transient: new Variant('b', true) }),
    ...(resident && { resident: new Variant('b', true) }),
    ...(meter && drawsBars.has(server.name) && { value: new Variant('i', Math.round(meter.percent)) }),
    ...(field && { 'x-kde-reply-submit-button-text': new Variant('s', displayText(reply)) }),
    ...(field && replyHint && { 'x-kde-reply-placeholder-text': new Variant('s', displayText(replyHint)) }),
  };
}

function bodyFor(server: ServerAbilities, { body, rich, meter, withoutButtons }: Bubble): string {
  const { capabilities, name } = server;
  const text = capabilities.includes('body-markup')
    ? markupOf(shortenRich(rich ?? unstyled(displayText(body)), longestBody).rich, {
        links: capabilities.includes('body-hyperlinks'),
        monospace: hasMonospace.has(name),
      })
    : shorten(displayText(body), longestBody.characters);
  const bar = meter && !drawsBars.has(name) ? meter.line : undefined;
  const more = capabilities.includes('actions') ? undefined : withoutButtons;
  const escaped = capabilities.includes('body-markup') ? escapeMarkup : (plain: string) => plain;
  return [bar, text, more && escaped(displayText(more))].filter(Boolean).join('\n');
}

function reasonOf(code: unknown): CloseReason {
  if (code === 1) return 'expired';
  return code === 2 ? 'dismissed' : 'closed';
}

/**
 * Keys and labels alternate. xfce4-notifyd (0.7.3) draws `default`, elsewhere a click on the bubble, as a button. There
 * it is left out if there are other buttons.
 */
function actionsFor(server: ServerAbilities, { actions, reply }: Bubble): string[] {
  if (!server.capabilities.includes('actions')) return [];
  const entries = Object.entries(actions);
  // Plasma 5.27 draws the action with this name as a text field.
  if (reply !== undefined && server.capabilities.includes(replyKey)) entries.push([replyKey, reply]);
  const drawsDefault = server.name === 'Xfce Notify Daemon' && entries.length > 1;
  return entries
    .filter(([key]) => !(drawsDefault && key === 'default'))
    .flatMap(([key, label]) => [key, displayText(label)]);
}

function serverCall(member: string, signature = '', body: unknown[] = []): Message {
  const path = '/org/freedesktop/Notifications';
  return new Message({ destination: serverName, path, interface: serverName, member, signature, body });
}
