import type { Logger } from 'pino';
import type { Action } from '../actions.ts';
import { reportOf } from '../errors.ts';
import type { Fact } from '../facts.ts';
import type { Bubble, Notifier, NotifierEvent } from '../notifications/notification.ts';
import * as messages from '../wording/notifications.ts';

interface CorrectionBubblesParts {
  notifier: Notifier;
  act: (action: Action) => Promise<unknown>;
  /** Returns the text if it can be added to the user's own words. */
  memorable: (text: string) => string | null;
  /** Changes the content last. */
  dress: (bubble: Bubble) => Bubble;
  logger: Logger;
}

/** Name of the notification. A new correction replaces the last one. */
const NAME = 'correction';

/** Shows what a correction changed, with a button that adds the word to the user's own vocabulary. */
export class CorrectionBubbles {
  readonly #parts: CorrectionBubblesParts;
  #shown: { title: string; word: string } | null = null;

  constructor(parts: CorrectionBubblesParts) {
    this.#parts = parts;
  }

  show({ utterance, from, to, typed }: Extract<Fact, { type: 'corrected' }>): void {
    const word = this.#parts.memorable(to);
    const title = messages.correctedTitle(utterance.project);
    this.#shown = word === null ? null : { title, word };
    // The user knows what they typed.
    if (typed && word === null) return;
    const remember = word === null ? {} : { remember: messages.remember(word) };
    this.#show(title, messages.correctedBody(from, to), remember);
  }

  /** Handles an event; false: it is about another notification. */
  handle(event: NotifierEvent): boolean {
    if (event.bubble !== NAME) return false;
    if (event.type === 'action' && event.key === 'remember') void this.#remember();
    return true;
  }

  async #remember(): Promise<void> {
    const { act, logger } = this.#parts;
    const shown = this.#shown;
    this.#shown = null;
    if (!shown) return;
    try {
      await act({ type: 'remember-word', word: shown.word });
      this.#show(shown.title, messages.remembered(shown.word), {});
    } catch (error) {
      logger.warn({ err: error }, 'a word could not be remembered');
      this.#show(shown.title, messages.failure(reportOf(error)), {});
    }
  }

  #show(title: string, body: string, actions: Record<string, string>): void {
    const { notifier, dress } = this.#parts;
    const content: Bubble = { title, body, urgency: 'normal', actions, timeout: messages.readingTime(body) };
    void notifier.show(NAME, dress(content));
  }
}
