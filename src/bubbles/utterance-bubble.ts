import { isDeepStrictEqual } from 'node:util';
import type { Bubble, CloseReason, Notifier } from '../notifications/notification.ts';

/** Five updates a second are as fast as anyone reads, and some servers redraw slowly. */
const updateEvery = 200;

/**
 * The notification of one utterance. Streamed updates are throttled, and the newest is always shown. After the final
 * content, only buttons change it.
 */
export class UtteranceBubble {
  readonly #notifier: Notifier;
  readonly #name: string;
  #shown: Bubble | null = null;
  #shownAt = Number.NEGATIVE_INFINITY;
  #waiting: (() => Bubble) | null = null;
  #timer: NodeJS.Timeout | undefined;
  #final = false;
  #dismissed = false;

  constructor(notifier: Notifier, name: string) {
    this.#notifier = notifier;
    this.#name = name;
  }

  /** True once it shows its final content. */
  get final(): boolean {
    return this.#final;
  }

  /** Shows new content now, because the state has changed. */
  change(content: () => Bubble): void {
    if (this.#final || this.#dismissed) return;
    this.#drop();
    this.#waiting = content;
    this.#flush();
  }

  /** Shows new content now, or when the last update is old enough. @param content called at that time */
  update(content: () => Bubble): void {
    if (this.#final || this.#dismissed) return;
    this.#waiting = content;
    if (this.#timer) return;
    const wait = this.#shownAt + updateEvery - performance.now();
    if (wait <= 0) this.#flush();
    else this.#timer = setTimeout(() => this.#flush(), wait);
  }

  /** Asks the user: shows the content at once, even if the notification was closed. Updates may follow. */
  ask(content: Bubble): Promise<boolean> {
    this.#dismissed = false;
    this.#drop();
    return this.#show(content);
  }

  /** Shows the last content again, unless it was the final one, because a server may have removed it. */
  again(): void {
    if (this.#shown && !this.#final && !this.#dismissed) void this.#show(this.#shown);
  }

  /** Ends streaming; the final content follows. */
  end(): void {
    this.#final = true;
    this.#drop();
  }

  /** Shows the final content. Resolves false when no server took it. */
  finish(content: Bubble): Promise<boolean> {
    this.end();
    return this.#show(content);
  }

  /** Removes it from the screen, and ends streaming. */
  async remove(): Promise<void> {
    this.end();
    if (this.#shown) await this.#notifier.dismiss(this.#name);
  }

  /** The server has closed it. After the user has closed it, streamed updates are not shown. */
  closed(reason: CloseReason): void {
    if (reason === 'dismissed') this.#dismissed = true;
  }

  #drop(): void {
    this.#waiting = null;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #flush(): void {
    this.#timer = undefined;
    const content = this.#waiting?.();
    this.#waiting = null;
    if (!content || this.#dismissed || isDeepStrictEqual(content, this.#shown)) return;
    void this.#show(content);
  }

  #show(content: Bubble): Promise<boolean> {
    this.#shown = content;
    this.#shownAt = performance.now();
    return this.#notifier.show(this.#name, content);
  }
}
