import type { Logger } from 'pino';
import { EventQueue } from '../event-queue.ts';
import type { Bubble, Notifier, NotifierEvent, NotifierState } from './notification.ts';

/** Tells why a notifier has given up, and which notification it could not show. */
export type GiveUp = (reason: string, bubble: string, content: Bubble) => void;

interface FallbackOptions {
  /** Opens the notifier that is used until it gives up. */
  first: (giveUp: GiveUp) => Notifier;
  /** Opens the one that takes over. @param reason why the first gave up */
  second: (reason: string) => Notifier;
  logger: Logger;
}

/**
 * Shows notifications with a program until that has given up, then in another way, until this process ends. The
 * notification that failed last is shown the other way.
 */
export class FallbackNotifier implements Notifier {
  readonly events = new EventQueue<NotifierEvent>();
  readonly #options: FallbackOptions;
  #current: Notifier;
  #closing: Promise<void> | null = null;
  #closed = false;

  constructor(options: FallbackOptions) {
    this.#options = options;
    this.#current = options.first((reason, bubble, content) => this.#takeOver(reason, bubble, content));
    void this.#pass(this.#current);
  }

  get state(): NotifierState {
    return this.#current.state;
  }

  async show(bubble: string, content: Bubble): Promise<boolean> {
    const asked = this.#current;
    if (await asked.show(bubble, content)) return true;
    // It gave up in the meantime, and what it could not show is shown already.
    return this.#current !== asked && !this.#closed;
  }

  dismiss(bubble: string): Promise<void> {
    return this.#current.dismiss(bubble);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#closing, this.#current.close()]);
    this.events.close();
  }

  #takeOver(reason: string, bubble: string, content: Bubble): void {
    if (this.#closed || this.#closing !== null) return;
    const first = this.#current;
    this.#options.logger.warn({ reason }, 'notifications are shown in another way from now on');
    this.#current = this.#options.second(reason);
    void this.#pass(this.#current);
    void this.#current.show(bubble, content);
    this.#closing = first.close();
  }

  async #pass(notifier: Notifier): Promise<void> {
    for await (const event of notifier.events) this.events.push(event);
  }
}
