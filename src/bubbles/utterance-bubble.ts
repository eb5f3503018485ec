import { isDeepStrictEqual } from 'node:util';
import type { Bubble, CloseReason, Notifier } from '../notifications/notification.ts';

/** At most five updates a second: nobody reads faster, and some servers redraw slowly. */
const updateEvery = 200;

/**
 * The one bubble of an utterance. What streams into it is throttled, the newest last; nothing follows the final
 * content but what is asked for by a button.
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

  /** Has it shown what it is to end with? */
  get final(): boolean {
    return this.#final;
  }

  /** Shows the content now: it is another state. */
  change(content: () => Bubble): void {
    if (this.#final || this.#dismissed) return;
    this.#drop();
    this.#waiting = content;
    this.#flush();
  }

  /** Shows the content now, or as soon as the update before it is old enough. @param content as it is by then */
  update(content: () => Bubble): void {
    if (this.#final || this.#dismissed) return;
    this.#waiting = content;
    if (this.#timer) return;
    const wait = this.#shownAt + updateEvery - performance.now();
    if (wait <= 0) this.#flush();
    else this.#timer = setTimeout(() => this.#flush(), wait);
  }

  /** Asks the person for something: shown at once, even to one who closed the bubble, and followed by what comes. */
  ask(content: Bubble): Promise<boolean> {
    this.#dismissed = false;
    this.#drop();
    return this.#show(content);
  }

  /** Shows once more what it showed last, unless that was its end: a server may have taken it away. */
  again(): void {
    if (this.#shown && !this.#final && !this.#dismissed) void this.#show(this.#shown);
  }

  /** Ends the streaming: what it is to end with comes next. */
  end(): void {
    this.#final = true;
    this.#drop();
  }

  /** Shows the content, which ends the streaming. Resolves false when no server took it. */
  finish(content: Bubble): Promise<boolean> {
    this.end();
    return this.#show(content);
  }

  /** Takes it off the screen and ends the streaming. */
  async remove(): Promise<void> {
    this.end();
    if (this.#shown) await this.#notifier.dismiss(this.#name);
  }

  /** It is gone: a person who closed it does not want to see each further word. */
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
