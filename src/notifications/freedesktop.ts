import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Logger } from 'pino';
import { within } from '../dbus/session-bus.ts';
import { EventQueue } from '../event-queue.ts';
import { assetPath } from '../single-file/assets.ts';
import { Newest } from './newest.ts';
import type { Bubble, CloseReason, Notifier, NotifierEvent, NotifierState } from './notification.ts';
import {
  closeNotification,
  isRepetition,
  notify,
  REPETITION_MS,
  replyKey,
  type ServerSignal,
} from './notification-server.ts';
import { type Server, ServerLink } from './server-link.ts';

interface FreedesktopOptions {
  logger: Logger;
  /** Contains the address of the session bus. */
  env?: NodeJS.ProcessEnv;
  /** Time limit for each answer of the bus and the server, ms. */
  timeout?: number;
  /** True for a process of the user: a server that Codex started gets no notifications. Default: always true. */
  trusts?: (pid: number) => boolean;
}

/** One of this program's bubbles. */
interface Shown {
  /** The content to show; null: remove it. */
  readonly jobs: Newest<Bubble | null>;
  /** The server's id; 0: not on the screen. */
  id: number;
  /** A Notify call after its time limit: the bubble may still appear. */
  unanswered: Promise<void> | null;
  /** Keys of its buttons. */
  keys: ReadonlySet<string>;
  /** A button does not close it. */
  resident: boolean;
  /** The token that the server has sent ahead of the next button press. */
  activation: string | null;
  /** Time of the last button press, performance.now() in ms. */
  pressedAt: number;
}

const mostExpired = 50;

/** Servers that do not know `resident` report a bubble that was closed by its button as dismissed (dunst 1.9). */
const closesAfterPress = 1_000;

/** Not cached, because a cleaner may empty the cache while the program runs. */
function icon(): string {
  return pathToFileURL(assetPath('icons/codex-voice.png')).href;
}

/**
 * Notifications over D-Bus, by the Desktop Notifications Specification (org.freedesktop.Notifications). Close it with
 * `close`.
 */
export class FreedesktopNotifier implements Notifier {
  readonly events = new EventQueue<NotifierEvent>();
  readonly #logger: Logger;
  readonly #timeout: number;
  readonly #link: ServerLink;
  readonly #bubbles = new Map<string, Shown>();
  /** Expired bubbles by the server's id: servers with a history keep their buttons there. */
  readonly #expired = new Map<number, { bubble: string; keys: ReadonlySet<string> }>();
  #closed = false;

  constructor({ logger, env = process.env, timeout = 2_000, trusts = () => true }: FreedesktopOptions) {
    this.#logger = logger;
    this.#timeout = timeout;
    this.#link = new ServerLink({
      logger,
      env,
      timeout,
      trusts,
      onSignal: (signal) => this.#hear(signal),
      onGone: () => this.#forgetIds(),
    });
  }

  get state(): NotifierState {
    const { server, reason } = this.#link;
    return {
      backend: 'freedesktop',
      capabilities: server?.capabilities ?? [],
      ...(server && { server: `${server.name} ${server.version}` }),
      ...(reason !== null && { reason }),
    };
  }

  async show(bubble: string, content: Bubble): Promise<boolean> {
    if (this.#closed) return false;
    const shown = this.#bubbles.get(bubble) ?? this.#newBubble(bubble);
    const taken = await shown.jobs.push(content);
    this.#dropIfGone(bubble, shown);
    return taken;
  }

  async dismiss(bubble: string): Promise<void> {
    const shown = this.#bubbles.get(bubble);
    if (!shown) return;
    await shown.jobs.push(null);
    this.#dropIfGone(bubble, shown);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#link.close();
    this.events.close();
  }

  #newBubble(bubble: string): Shown {
    const jobs = new Newest<Bubble | null>((content) =>
      content === null ? this.#remove(shown) : this.#put(shown, content),
    );
    const shown: Shown = {
      jobs,
      id: 0,
      unanswered: null,
      keys: new Set(),
      resident: false,
      activation: null,
      pressedAt: Number.NEGATIVE_INFINITY,
    };
    this.#bubbles.set(bubble, shown);
    return shown;
  }

  async #put(shown: Shown, content: Bubble): Promise<boolean> {
    try {
      const server = await this.#link.reach();
      await this.#settle(shown);
      await this.#sendOrRepeat(server, shown, content);
      this.#link.worked();
      return true;
    } catch (error) {
      this.#link.failed(error);
      return false;
    }
  }

  /** A notification that the server refused as a repetition is on the screen already, or is sent again later. */
  async #sendOrRepeat(server: Server, shown: Shown, content: Bubble): Promise<void> {
    const send = () => within(this.#timeout, 'Notify', this.#send(server, shown, content));
    try {
      await send();
    } catch (error) {
      if (!isRepetition(error)) throw error;
      if (shown.id !== 0) return;
      await delay(REPETITION_MS);
      await send();
    }
  }

  #send(server: Server, shown: Shown, content: Bubble): Promise<void> {
    const sent = notify(server, content, shown.id, icon()).then((id) => {
      if (this.#link.server !== server) return; // It ended meanwhile, and its ids with it.
      shown.id = id;
      shown.resident = content.resident === true;
      shown.keys = new Set([
        ...Object.keys(content.actions),
        ...(content.reply === undefined ? [] : [replyKey]),
      ]);
    });
    const settled = () => {
      shown.unanswered = null;
    };
    shown.unanswered = sent.then(settled, settled);
    return sent;
  }

  /** A second Notify before the id of the first is known would show a second bubble. */
  async #settle({ unanswered }: Shown): Promise<void> {
    if (unanswered !== null) await within(this.#timeout, 'Notify', unanswered);
  }

  async #remove(shown: Shown): Promise<boolean> {
    try {
      await this.#settle(shown);
    } catch (error) {
      this.#logger.debug({ err: error }, 'a notification may appear late');
    }
    const { id } = shown;
    shown.id = 0;
    return id !== 0 && this.#closeOnServer(id);
  }

  async #closeOnServer(id: number): Promise<boolean> {
    const { server } = this.#link;
    if (!server) return false;
    try {
      await within(this.#timeout, 'CloseNotification', closeNotification(server.bus, id));
      return true;
    } catch (error) {
      this.#logger.debug({ err: error }, 'a notification could not be closed');
      return false;
    }
  }

  #hear(signal: ServerSignal): void {
    if (signal.type === 'action') this.#pressed(signal.id, signal.key);
    else if (signal.type === 'activation') this.#allowed(signal.id, signal.token);
    else if (signal.type === 'reply') this.#pressed(signal.id, replyKey, signal.text);
    else if (signal.type === 'closed') this.#gone(signal.id, signal.reason);
  }

  #allowed(id: number, token: string): void {
    const shown = this.#find(id)?.shown;
    if (shown) shown.activation = token;
  }

  #pressed(id: number, key: string, text?: string): void {
    const found = this.#find(id);
    const keys = found?.shown.keys ?? this.#expired.get(id)?.keys;
    const bubble = found?.bubble ?? this.#expired.get(id)?.bubble;
    if (bubble === undefined || !keys?.has(key) || (key === replyKey && text === undefined)) return;
    // Most servers now remove the bubble, some after an animation, a few never. Its id is not used again.
    const stays = found?.shown.resident === true;
    if (!stays) void this.#closeOnServer(id);
    this.#expired.delete(id);
    const activation = found?.shown.activation;
    const action = { type: 'action', bubble, key, ...(activation ? { activation } : {}) } as const;
    this.events.push(text === undefined ? action : { type: 'reply', bubble, text });
    if (!found) return;
    found.shown.activation = null;
    found.shown.pressedAt = performance.now();
    if (stays) return;
    found.shown.id = 0;
    this.#dropIfGone(bubble, found.shown);
  }

  #gone(id: number, reason: CloseReason): void {
    const found = this.#find(id);
    if (!found) return;
    const { bubble, shown } = found;
    if (reason === 'expired' && shown.keys.size > 0) this.#keepExpired(id, bubble, shown.keys);
    shown.id = 0;
    const withButton = performance.now() - shown.pressedAt < closesAfterPress;
    this.events.push({ type: 'closed', bubble, reason: withButton ? 'closed' : reason });
    this.#dropIfGone(bubble, shown);
  }

  #keepExpired(id: number, bubble: string, keys: ReadonlySet<string>): void {
    this.#expired.set(id, { bubble, keys });
    const oldest = this.#expired.keys().next();
    if (this.#expired.size > mostExpired && !oldest.done) this.#expired.delete(oldest.value);
  }

  /** The server has ended: no bubble is on the screen, and the next server has other ids. */
  #forgetIds(): void {
    this.#expired.clear();
    for (const { id } of [...this.#bubbles.values()]) if (id !== 0) this.#gone(id, 'lost');
  }

  #find(id: number): { bubble: string; shown: Shown } | null {
    for (const [bubble, shown] of this.#bubbles) if (shown.id === id) return { bubble, shown };
    return null;
  }

  #dropIfGone(bubble: string, shown: Shown): void {
    const inUse = shown.id !== 0 || shown.jobs.busy || shown.unanswered !== null;
    if (!inUse && this.#bubbles.get(bubble) === shown) this.#bubbles.delete(bubble);
  }
}
