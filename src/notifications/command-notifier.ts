import type { Logger } from 'pino';
import { messageOf } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import type { GiveUp } from './fallback-notifier.ts';
import type { Bubble, CloseReason, Notifier, NotifierEvent, NotifierState } from './notification.ts';

/** What happened to a bubble; null: it is on the screen, and no further event follows. */
export type Outcome =
  | { type: 'action'; key: string }
  | { type: 'reply'; text: string }
  /** The button for entering a text was pressed. */
  | { type: 'field' }
  | { type: 'closed'; reason: CloseReason }
  | null;

/** Shows bubbles with a program, one process for each. */
export interface CommandDriver {
  readonly backend: string;
  /** As in the Desktop Notifications Specification. */
  readonly capabilities: readonly string[];
  /**
   * Shows a bubble in place of the one with the same name, and waits for the result.
   * @param field show a text field instead of buttons, because the programs cannot show both
   * @param signal aborts when the result is no longer needed
   * @throws Error with a reason for the user when it cannot be shown
   */
  run(bubble: string, content: Bubble, field: boolean, signal: AbortSignal): Promise<Outcome>;
  remove(bubble: string): Promise<void>;
  close(): Promise<void>;
}

/** The user does not want notifications of this program. This is no defect of the program that shows them. */
export class TurnedOffError extends Error {}

/** A program that fails this often in a row is not started again, if there is another way. */
const MOST_FAILURES = 2;
/** A program that cannot show anything fails within this time, ms. */
const FAILS_MS = 500;
/** Number of bubbles with a waiting process; the buttons of older ones do nothing. */
const MOST_WAITING = 16;

interface Shown {
  stop: AbortController;
}

/**
 * Shows notifications with a program that reports one click or text when it ends. A change causes another pop-up, so
 * only the first `passing` content of a bubble is shown.
 */
export class CommandNotifier implements Notifier {
  readonly events = new EventQueue<NotifierEvent>();
  readonly #driver: CommandDriver;
  readonly #logger: Logger;
  readonly #giveUp: GiveUp | null;
  readonly #shown = new Map<string, Shown>();
  #reason: string | null = null;
  /** Failures since the last notification that was shown. */
  #failures = 0;
  #closed = false;

  /** @param giveUp called after `MOST_FAILURES`, from when on the program is not started. Default: it is started always */
  constructor(driver: CommandDriver, logger: Logger, giveUp: GiveUp | null = null) {
    this.#driver = driver;
    this.#logger = logger;
    this.#giveUp = giveUp;
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
    if (this.#closed || this.#gaveUp) return false;
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
        this.#failures = 0;
        this.#ended(bubble, content, shown, outcome);
        return true;
      },
      (error: unknown) => {
        if (shown.stop.signal.aborted) return true;
        this.#failed(error, bubble, content);
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
    // A newer content is shown, or the result is not needed.
    if (shown.stop.signal.aborted || this.#shown.get(bubble) !== shown || outcome === null) return;
    if (outcome.type === 'field') {
      void this.#show(bubble, content, true);
      return;
    }
    this.#shown.delete(bubble);
    this.events.push({ bubble, ...outcome });
  }

  get #gaveUp(): boolean {
    return this.#giveUp !== null && this.#failures >= MOST_FAILURES;
  }

  #failed(error: unknown, bubble: string, content: Bubble): void {
    const reason = messageOf(error);
    if (reason !== this.#reason) this.#logger.warn({ err: error }, 'a notification could not be shown');
    this.#reason = reason;
    if (this.#closed || error instanceof TurnedOffError) return;
    this.#failures += 1;
    if (this.#gaveUp) this.#giveUp?.(reason, bubble, content);
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

/** Returns the buttons of a bubble. A click on the bubble itself is not one. */
export function buttonsOf({ actions }: Bubble): [key: string, label: string][] {
  return Object.entries(actions).filter(([key]) => key !== 'default');
}

/** Returns the title and body, without the line for servers that lack buttons. */
export function textsOf({ title, body }: Bubble): { title: string; body: string } {
  // The programs take an empty argument for a missing one.
  return { title: title || 'codex-voice', body: body || ' ' };
}
