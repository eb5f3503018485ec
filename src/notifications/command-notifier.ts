import type { Logger } from 'pino';
import { messageOf } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import type { Bubble, CloseReason, Notifier, NotifierEvent, NotifierState } from './notification.ts';

/** What became of a bubble; null: it is on the screen, and nobody will tell any more. */
export type Outcome =
  | { type: 'action'; key: string }
  | { type: 'reply'; text: string }
  /** The button that asks for a text was pressed. */
  | { type: 'field' }
  | { type: 'closed'; reason: CloseReason }
  | null;

/** Shows bubbles by running a program, one process for each. */
export interface CommandDriver {
  readonly backend: string;
  /** In the words of the Desktop Notifications Specification. */
  readonly capabilities: readonly string[];
  /**
   * Shows a bubble in the place of the one with the same name, and waits for what becomes of it.
   * @param field show a field for a text instead of buttons: the programs have either
   * @param signal something newer is shown, or it is over: nobody waits any more
   * @throws Error with a reason that a person understands, when it cannot be shown
   */
  run(bubble: string, content: Bubble, field: boolean, signal: AbortSignal): Promise<Outcome>;
  remove(bubble: string): Promise<void>;
  close(): Promise<void>;
}

/** A program that cannot show anything says so within that time, ms. */
const FAILS_MS = 500;
/** Bubbles that are waited for, each by a process; the buttons of older ones do nothing. */
const MOST_WAITING = 16;

interface Shown {
  stop: AbortController;
}

/**
 * Notifications through a program that shows one and reports one click or text at its end. Nothing can be changed in
 * place without another pop-up, so what is only `passing` is shown once a bubble.
 */
export class CommandNotifier implements Notifier {
  readonly events = new EventQueue<NotifierEvent>();
  readonly #driver: CommandDriver;
  readonly #logger: Logger;
  readonly #shown = new Map<string, Shown>();
  #reason: string | null = null;
  #closed = false;

  constructor(driver: CommandDriver, logger: Logger) {
    this.#driver = driver;
    this.#logger = logger;
  }

  get state(): NotifierState {
    const { backend, capabilities } = this.#driver;
    return {
      backend,
      capabilities: [...capabilities],
      ...(this.#reason !== null && { reason: this.#reason }),
    };
  }

  async show(bubble: string, content: Bubble): Promise<boolean> {
    if (this.#closed) return false;
    if (content.passing && this.#shown.has(bubble)) return true;
    return this.#show(bubble, content, false);
  }

  async dismiss(bubble: string): Promise<void> {
    const shown = this.#shown.get(bubble);
    if (!shown) return;
    this.#shown.delete(bubble);
    shown.stop.abort();
    await this.#driver.remove(bubble).catch((error: unknown) => {
      this.#logger.debug({ err: error }, 'a notification could not be closed');
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { stop } of this.#shown.values()) stop.abort();
    this.#shown.clear();
    await this.#driver.close();
    this.events.close();
  }

  async #show(bubble: string, content: Bubble, field: boolean): Promise<boolean> {
    this.#shown.get(bubble)?.stop.abort();
    this.#shown.delete(bubble);
    const shown: Shown = { stop: new AbortController() };
    this.#shown.set(bubble, shown);
    this.#forgetOldest();
    const running = this.#driver.run(bubble, content, field, shown.stop.signal);
    const ended = running.then(
      (outcome) => {
        this.#reason = null;
        this.#ended(bubble, content, shown, outcome);
        return true;
      },
      (error: unknown) => {
        if (shown.stop.signal.aborted) return true;
        this.#failed(error);
        if (this.#shown.get(bubble) === shown) this.#shown.delete(bubble);
        return false;
      },
    );
    let timer: NodeJS.Timeout | undefined;
    const works = new Promise<true>((resolve) => {
      timer = setTimeout(() => resolve(true), FAILS_MS);
    });
    const taken = await Promise.race([ended, works]);
    clearTimeout(timer);
    return taken;
  }

  #ended(bubble: string, content: Bubble, shown: Shown, outcome: Outcome): void {
    // Something newer is shown under its name, or nobody wants to know.
    if (shown.stop.signal.aborted || this.#shown.get(bubble) !== shown || outcome === null) return;
    if (outcome.type === 'field') {
      void this.#show(bubble, content, true);
      return;
    }
    this.#shown.delete(bubble);
    this.events.push({ bubble, ...outcome });
  }

  #failed(error: unknown): void {
    const reason = messageOf(error);
    if (reason !== this.#reason) this.#logger.warn({ err: error }, 'a notification could not be shown');
    this.#reason = reason;
  }

  #forgetOldest(): void {
    const [oldest] = this.#shown;
    if (this.#shown.size <= MOST_WAITING || !oldest) return;
    const [bubble, { stop }] = oldest;
    this.#shown.delete(bubble);
    stop.abort();
    this.events.push({ type: 'closed', bubble, reason: 'lost' });
  }
}

/** The buttons of a bubble as these programs have them: a click on the bubble itself is none. */
export function buttonsOf({ actions }: Bubble): [key: string, label: string][] {
  return Object.entries(actions).filter(([key]) => key !== 'default');
}

/** The title, and the body with what is to be said where there are no buttons left out: there are. */
export function textsOf({ title, body }: Bubble): { title: string; body: string } {
  // An empty argument is taken for a missing one.
  return { title: title || 'codex-voice', body: body || ' ' };
}
