import type { Logger } from 'pino';
import { messageOf } from '../../errors.ts';
import { EventQueue } from '../../event-queue.ts';
import { displayText, lineText } from '../../text/clean.ts';
import { shorten } from '../../text/shorten.ts';
import type { BalloonEvent, BalloonIcon, BalloonText } from '../../win32/balloon.ts';
import { textsOf } from '../command-notifier.ts';
import type { Bubble, CloseReason, Notifier, NotifierEvent, NotifierState } from '../notification.ts';

interface BalloonOptions {
  /** Opens the icon that carries the balloons. @throws Error when this system has none */
  open: (onEvent: (event: BalloonEvent) => void) => Promise<BalloonIcon>;
  /** Why balloons are used, as a clause. */
  because: string;
  logger: Logger;
}

/** Length of the texts that Windows shows, UTF-16 units: NOTIFYICONDATAW. */
const MOST = { title: 63, text: 255 } as const;
/** Sooner than this, only the end of the balloon before is reported, ms. */
const SHORTEST_MS = 1_000;
/** Windows reports the end of each balloon. If it does not, the icon is removed after this time, ms. */
const LONGEST_MS = 60_000;

/**
 * Notifications as balloons of an icon in the notification area, for a Windows whose toasts do not work. They have no
 * buttons and no text field; a click is the action of the notification itself. One is shown at a time, and the icon is
 * there only while it is.
 */
export class BalloonNotifier implements Notifier {
  readonly events = new EventQueue<NotifierEvent>();
  readonly #options: BalloonOptions;
  readonly #icon: Promise<BalloonIcon | null>;
  #shown: { bubble: string; content: Bubble; since: number; timer: NodeJS.Timeout } | null = null;
  #reason: string | null = null;
  #closed = false;

  constructor(options: BalloonOptions) {
    this.#options = options;
    this.#icon = options
      .open((event) => this.#hear(event))
      .catch((error: unknown) => {
        options.logger.warn({ err: error }, 'there are no balloons');
        this.#reason = `${options.because}, and there are no balloons: ${messageOf(error)}`;
        return null;
      });
  }

  get state(): NotifierState {
    return {
      backend: 'balloon',
      server: `balloons, because ${this.#options.because}`,
      capabilities: ['body'],
      ...(this.#reason !== null && { reason: this.#reason }),
    };
  }

  async show(bubble: string, content: Bubble): Promise<boolean> {
    if (this.#closed) return false;
    // Each change pops up again.
    if (content.passing && this.#shown?.bubble === bubble) return true;
    const icon = await this.#icon;
    if (icon === null || this.#closed) return false;
    if (this.#shown !== null && this.#shown.bubble !== bubble) this.#ended('expired');
    if (!icon.show(balloonOf(content))) {
      this.#reason = `${this.#options.because}, and Windows takes no balloon`;
      return false;
    }
    this.#reason = null;
    clearTimeout(this.#shown?.timer);
    const timer = setTimeout(() => this.#hear('timeout'), LONGEST_MS);
    timer.unref();
    this.#shown = { bubble, content, since: performance.now(), timer };
    return true;
  }

  async dismiss(bubble: string): Promise<void> {
    if (this.#shown?.bubble !== bubble) return;
    clearTimeout(this.#shown.timer);
    this.#shown = null;
    (await this.#icon)?.remove();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#shown?.timer);
    this.#shown = null;
    (await this.#icon)?.close();
    this.events.close();
  }

  #hear(event: BalloonEvent): void {
    if (this.#shown === null) return;
    const { bubble, content, since } = this.#shown;
    if (event !== 'click' && performance.now() - since < SHORTEST_MS) return;
    if (event === 'click' && 'default' in content.actions) {
      clearTimeout(this.#shown.timer);
      this.#shown = null;
      this.events.push({ type: 'action', bubble, key: 'default' });
    } else this.#ended(event === 'click' ? 'dismissed' : 'expired');
    void this.#icon.then((icon) => {
      if (this.#shown === null) icon?.remove();
    });
  }

  #ended(reason: CloseReason): void {
    if (this.#shown === null) return;
    const { bubble, timer } = this.#shown;
    clearTimeout(timer);
    this.#shown = null;
    this.events.push({ type: 'closed', bubble, reason });
  }
}

/** Texts without control characters, as short as Windows shows them; the line about missing buttons stays whole. */
function balloonOf(content: Bubble): BalloonText {
  const { title, body } = textsOf(content);
  const more = content.withoutButtons ? `\n${lineText(content.withoutButtons, MOST.text / 2)}` : '';
  return {
    title: lineText(title, MOST.title),
    text: `${shorten(displayText(body) || ' ', MOST.text - more.length)}${more}`,
  };
}
