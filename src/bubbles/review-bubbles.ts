import type { Logger } from 'pino';
import type { Action } from '../actions.ts';
import { reportOf } from '../errors.ts';
import type { ReviewView } from '../facts.ts';
import type { Bubble, Notifier, NotifierEvent } from '../notifications/notification.ts';
import type { Utterance } from '../utterance.ts';
import * as messages from '../wording/notifications.ts';

interface Shown {
  utterance: Utterance;
  /** null: it was cancelled. */
  view: ReviewView | null;
  /** The user closed the notification; the countdown continues. */
  closed: boolean;
}

interface ReviewBubblesParts {
  notifier: Notifier;
  /** Name of an utterance's notification, which is reused after the review. @param id of the utterance */
  nameOf: (id: string) => string;
  act: (action: Action) => Promise<unknown>;
  logger: Logger;
}

/** Number of cancelled prompts whose button still works. */
const MOST_CANCELLED = 20;

/** Shows prompts in review with a countdown and buttons, in the notification of their utterance. */
export class ReviewBubbles {
  readonly #parts: ReviewBubblesParts;
  /** By the name of the notification. */
  readonly #shown = new Map<string, Shown>();

  constructor(parts: ReviewBubblesParts) {
    this.#parts = parts;
  }

  /** Resolves false when no server took it. */
  show(utterance: Utterance, view: ReviewView): Promise<boolean> {
    const name = this.#parts.nameOf(utterance.id);
    const before = this.#shown.get(name);
    // A change of only the seconds does not show a closed notification again.
    const closed = before?.closed === true && before.view?.state === view.state;
    this.#shown.set(name, { utterance, view, closed });
    if (closed) return Promise.resolve(true);
    const first = before?.view?.state !== view.state;
    return this.#parts.notifier.show(name, {
      ...contentOf(utterance, view),
      ...(!first && { passing: true }),
    });
  }

  /** Removes it from the screen. @param id of the utterance */
  hide(id: string): void {
    const name = this.#parts.nameOf(id);
    this.#shown.delete(name);
    void this.#parts.notifier.dismiss(name);
  }

  /** Leaves the notification to others. @param id of the utterance */
  over(id: string): void {
    this.#shown.delete(this.#parts.nameOf(id));
  }

  /** Shows a cancelled prompt, with a button that sends it after all. */
  notSent(utterance: Utterance): void {
    const name = this.#parts.nameOf(utterance.id);
    this.#shown.delete(name);
    this.#shown.set(name, { utterance, view: null, closed: false });
    const cancelled = [...this.#shown].filter(([, { view }]) => view === null);
    const oldest = cancelled.at(-1 - MOST_CANCELLED)?.[0];
    if (oldest !== undefined) this.#shown.delete(oldest);
    void this.#parts.notifier.show(name, cancelledBubble(utterance));
  }

  /** Handles an event; false: it is about another notification. */
  handle(event: NotifierEvent): boolean {
    const shown = this.#shown.get(event.bubble);
    if (!shown) return false;
    if (event.type === 'closed') {
      if (shown.view === null && event.reason !== 'expired') this.#shown.delete(event.bubble);
      else shown.closed = event.reason === 'dismissed';
      return true;
    }
    void this.#pressed(event.bubble, shown, event);
    return true;
  }

  /** Removes all reviews from the screen. */
  async close(): Promise<void> {
    const names = [...this.#shown.keys()];
    this.#shown.clear();
    await Promise.all(names.map((name) => this.#parts.notifier.dismiss(name)));
  }

  async #pressed(
    bubble: string,
    shown: Shown,
    event: Exclude<NotifierEvent, { type: 'closed' }>,
  ): Promise<void> {
    const { act, logger, notifier } = this.#parts;
    const { utterance, view } = shown;
    try {
      const action = view === null ? againOf(utterance.id, event) : actionOf(utterance.id, event);
      if (view === null) this.#shown.delete(bubble);
      if (action) await act(action);
    } catch (error) {
      logger.info({ err: error, utterance: utterance.id }, 'a button of a review did not do its work');
      const body = messages.failure(reportOf(error));
      const timeout = messages.readingTime(body);
      const title = messages.reviewFailed;
      void notifier.show('review-failed', { title, body, urgency: 'normal', actions: {}, timeout });
    }
    // Servers close a notification whose button was pressed, so show it again if it still waits.
    const now = this.#shown.get(bubble);
    if (now === shown && now.view) void this.show(utterance, now.view);
  }
}

function contentOf(utterance: Utterance, view: ReviewView): Bubble {
  const { send, edit, cancel } = messages.reviewButtons;
  const { id, project, rule, prompt } = utterance;
  const decidable = view.state !== 'confirmed';
  return {
    title: messages.reviewTitle(project, rule, view),
    body: messages.reviewBody(prompt ?? ''),
    urgency: 'normal',
    actions: decidable ? { send, edit, cancel } : { cancel },
    ...(decidable && { reply: messages.reviewButtons.reply }),
    withoutButtons: messages.reviewWithout(id),
    timeout: 0,
  };
}

function cancelledBubble({ project, prompt, id }: Utterance): Bubble {
  return {
    title: messages.notSentTitle(project),
    body: messages.reviewBody(prompt ?? ''),
    urgency: 'normal',
    actions: { again: messages.buttons.again },
    withoutButtons: messages.notSentWithout(id),
    timeout: messages.undoTime,
  };
}

function actionOf(utterance: string, event: Exclude<NotifierEvent, { type: 'closed' }>): Action | null {
  if (event.type === 'reply')
    return event.text.trim() === '' ? null : { type: 'review-send', utterance, text: event.text };
  if (event.key === 'send') return { type: 'review-send', utterance };
  if (event.key === 'edit') return { type: 'review-edit', utterance };
  return event.key === 'cancel' ? { type: 'review-cancel', utterance } : null;
}

function againOf(utterance: string, event: NotifierEvent): Action | null {
  return event.type === 'action' && event.key === 'again' ? { type: 'queue-send', utterance } : null;
}
