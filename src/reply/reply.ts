import type { Logger } from 'pino';
import type { Activity, PendingRequest } from '../codex/codex.ts';
import { type ErrorCode, type ErrorReport, reportOf } from '../errors.ts';
import * as messages from '../messages.ts';
import type { Utterance } from '../utterance.ts';
import type { Notifier, NotifierEvent } from './notification.ts';
import type { ReplyAction } from './reply-action.ts';
import { RequestBubbles } from './request-bubbles.ts';
import { ReviewBubbles, type ReviewView } from './review-bubbles.ts';
import { openFile, TextFiles } from './text-file.ts';
import { UtteranceBubble } from './utterance-bubble.ts';
import { finalBubble, passing, question, uncertainBubble } from './utterance-content.ts';

export interface ReplyOptions {
  notifier: Notifier;
  logger: Logger;
  /** Folder of its own for answers that are opened as text; removed at the end. */
  folder: string;
  /** `[reply] notify`; default true. */
  enabled?: boolean;
  /** The program that opens a text file (see `findOpener`); null: none, and no button for it. */
  opener?: string | null;
  /** Does what a button asks for. @throws what the person is to know */
  act?: (action: ReplyAction) => Promise<void>;
}

/** A bubble about the program itself. */
export interface Notice {
  title: string;
  body: string;
  /** It replaces only the one of the same name. */
  about?: string;
  /** Until it is over: something does not work. */
  stays?: boolean;
}

interface Conversation {
  utterance: Utterance;
  readonly bubble: UtteranceBubble;
}

/** Answers whose buttons work; older ones are in the history. */
const mostKept = 50;

/** What the person sees of an utterance, from the words that were heard to the answer; and of what goes wrong. */
export class Reply {
  readonly #notifier: Notifier;
  readonly #logger: Logger;
  readonly #files: TextFiles;
  readonly #opener: string | null;
  readonly #conversations = new Map<string, Conversation>();
  readonly #requests: RequestBubbles;
  readonly #reviews: ReviewBubbles;
  readonly #act: (action: ReplyAction) => Promise<void>;
  readonly #listening: Promise<void>;
  #enabled: boolean;

  constructor({ notifier, logger, folder, enabled = true, opener = null, act }: ReplyOptions) {
    this.#notifier = notifier;
    this.#logger = logger;
    this.#files = new TextFiles(folder);
    this.#opener = opener;
    this.#act = act ?? (async () => undefined);
    this.#requests = new RequestBubbles(notifier, this.#act, logger);
    this.#reviews = new ReviewBubbles({ notifier, nameOf: bubbleOf, act: this.#act, logger });
    this.#enabled = enabled;
    this.#listening = this.#listen();
  }

  /** Shows nothing from now on, or shows again. */
  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
  }

  /** Shows that the microphone is open for it. */
  listening(utterance: Utterance): void {
    if (!this.#enabled) return;
    this.#conversation(utterance).bubble.update(passing(messages.listeningTitle(utterance.project), ''));
  }

  /** Shows how loud it is. @param dbfs RMS of the last tenth of a second */
  level(_utterance: Utterance, _dbfs: number): void {}

  /** Shows the words so far. @param stable so many UTF-16 units of them will not change any more */
  partial(utterance: Utterance, text: string, _stable: number): void {
    if (!this.#enabled) return;
    const title = messages.listeningTitle(utterance.project);
    this.#conversation(utterance).bubble.update(passing(title, messages.excerpt(text).text));
  }

  /** Shows what Codex does for it. */
  activity(utterance: Utterance, activity: Activity): void {
    if (!this.#enabled || utterance.answer !== null) return;
    const title = messages.answerTitle(utterance.project, question(utterance));
    this.#conversation(utterance).bubble.update(passing(title, `${activity.text} …`));
  }

  /** Shows what was heard. */
  heard(utterance: Utterance): void {
    if (!this.#enabled) return;
    const body = messages.excerpt(question(utterance)).text;
    this.#conversation(utterance).bubble.update(
      passing(messages.heardTitle(utterance.project, utterance.rule), body),
    );
  }

  /**
   * Shows a prompt before it is sent, whatever `[reply] notify` says: it is asked for by itself.
   * Resolves false when no server took it.
   */
  review(utterance: Utterance, view: ReviewView): Promise<boolean> {
    return this.#reviews.show(utterance, view);
  }

  /** It is being edited elsewhere. @param id of the utterance */
  reviewHidden(id: string): void {
    this.#reviews.hide(id);
  }

  /** It is sent now. */
  reviewed(utterance: Utterance): void {
    if (this.#enabled) this.#reviews.over(utterance.id);
    else this.#reviews.hide(utterance.id);
    this.heard(utterance);
  }

  /** It was cancelled while it was shown. */
  notSent(utterance: Utterance): void {
    this.#reviews.notSent(utterance);
  }

  /** Shows that it waits behind others. */
  queued(utterance: Utterance, ahead: number): void {
    if (!this.#enabled) return;
    const body = messages.queued(question(utterance), ahead);
    this.#conversation(utterance).bubble.update(
      passing(messages.heardTitle(utterance.project, utterance.rule), body),
    );
  }

  /** Shows that only the person can know whether it was sent; its error says why. */
  uncertain(utterance: Utterance): void {
    if (!this.#enabled) return;
    void this.#conversation(utterance).bubble.ask(uncertainBubble(utterance));
  }

  /** Shows the answer as far as it came. @param text all of it so far */
  delta(utterance: Utterance, text: string): void {
    if (!this.#enabled || text.trim() === '') return;
    const title = messages.answerTitle(utterance.project, question(utterance));
    this.#conversation(utterance).bubble.update(passing(title, messages.growing(text)));
  }

  /**
   * Shows how an utterance ended, by its state: answered, interrupted, failed; cancelled and empty ones go quietly.
   * @returns performance.now() when the server took it, ms; null when none did or there was nothing to show
   */
  async ended(utterance: Utterance): Promise<number | null> {
    if (utterance.state === 'cancelled' || utterance.state === 'empty') {
      await this.#drop(utterance.id);
      return null;
    }
    if (!this.#enabled) return null;
    const taken = await this.#conversation(utterance).bubble.finish(finalBubble(utterance));
    return taken ? performance.now() : null;
  }

  /** Shows an error that belongs to no utterance; the same code replaces what it showed before. */
  trouble({ code, message, hint }: ErrorReport): void {
    if (!this.#enabled) return;
    const body = messages.failure({ code, message, hint });
    void this.#notifier.show(`trouble:${code}`, {
      title: messages.troubleTitle(code),
      body,
      urgency: 'critical',
      actions: {},
    });
  }

  /** That trouble is over. */
  recovered(code: ErrorCode): void {
    void this.#notifier.dismiss(`trouble:${code}`);
  }

  /** Shows what is good to know; it replaces the notice before. */
  notice({ title, body, about = '', stays = false }: Notice): void {
    if (!this.#enabled) return;
    const timeout = stays ? 0 : messages.readingTime(body);
    const urgency = stays ? 'critical' : 'normal';
    void this.#notifier.show(`notice:${about}`, { title, body, urgency, actions: {}, timeout });
  }

  /** What a notice was about is over. */
  noticeOver(about: string): void {
    void this.#notifier.dismiss(`notice:${about}`);
  }

  /** Shows that Codex waits for a decision. */
  requested(request: PendingRequest, project: string): void {
    if (this.#enabled) this.#requests.show(request, project);
  }

  /** Shows it again. @param id of the request */
  remind(id: string): void {
    if (this.#enabled) this.#requests.remind(id);
  }

  /** It was decided. @param id of the request */
  resolved(id: string): void {
    this.#requests.resolved(id);
  }

  /** Shows an old answer: as a text where there is a program for that, else whole in a bubble. */
  async openAnswer(utterance: Utterance): Promise<void> {
    const conversation = this.#conversation(utterance);
    if (this.#opener === null) await this.#showFull(conversation);
    else await this.#open(conversation);
  }

  /** Takes away what would wait for ever, and closes the notifier. Answers stay on the screen. */
  async close(): Promise<void> {
    this.#enabled = false;
    const unfinished = [...this.#conversations.values()].filter(({ bubble }) => !bubble.final);
    await Promise.all([
      ...unfinished.map(({ bubble }) => bubble.remove()),
      this.#requests.close(),
      this.#reviews.close(),
    ]);
    await this.#notifier.close();
    await this.#listening;
    await this.#files.remove();
  }

  #conversation(utterance: Utterance): Conversation {
    const { id } = utterance;
    const known = this.#conversations.get(id);
    const conversation = known ?? {
      utterance,
      bubble: new UtteranceBubble(this.#notifier, bubbleOf(id)),
    };
    conversation.utterance = utterance;
    if (known) return conversation;
    this.#conversations.set(id, conversation);
    const oldest = this.#conversations.keys().next();
    if (this.#conversations.size > mostKept && !oldest.done) this.#conversations.delete(oldest.value);
    return conversation;
  }

  async #drop(id: string): Promise<void> {
    const conversation = this.#conversations.get(id);
    this.#conversations.delete(id);
    await conversation?.bubble.remove();
  }

  async #listen(): Promise<void> {
    for await (const event of this.#notifier.events) {
      const handled = this.#handle(event);
      handled.catch((error: unknown) =>
        this.#logger.warn({ err: error }, 'a button of a notification failed'),
      );
    }
  }

  async #handle(event: NotifierEvent): Promise<void> {
    if (this.#requests.handle(event) || this.#reviews.handle(event)) return;
    const conversation = this.#conversations.get(utteranceOf(event.bubble));
    if (!conversation) return;
    if (event.type === 'reply') return; // no bubble of an utterance has a field
    if (event.type === 'closed') {
      conversation.bubble.closed(event.reason);
      // one whose time ran out may still be in the server's history, with its buttons
      const over = conversation.bubble.final && event.reason !== 'expired';
      if (over) this.#conversations.delete(conversation.utterance.id);
    } else if (event.key === 'open') {
      await this.#open(conversation);
    } else if (event.key === 'again' || event.key === 'drop' || event.key === 'terminal') {
      await this.#ask(conversation, event.key);
    } else {
      await this.#showFull(conversation);
    }
  }

  /** The whole answer, until it is clicked away, with a button that opens it as a text. */
  async #showFull({ utterance, bubble }: Conversation): Promise<void> {
    const { text, whole } = messages.full(utterance.answer ?? '');
    await bubble.finish({
      title: messages.answerTitle(utterance.project, question(utterance)),
      body: whole ? text : `${text}\n${messages.restInHistory}`,
      urgency: 'normal',
      actions: this.#opener === null ? {} : { open: messages.buttons.open },
      timeout: 0,
    });
  }

  async #ask({ utterance }: Conversation, key: 'again' | 'drop' | 'terminal'): Promise<void> {
    const { id, project } = utterance;
    try {
      if (key === 'terminal') await this.#act({ type: 'open', project });
      else await this.#act({ type: key === 'again' ? 'send-again' : 'drop', utterance: id });
    } catch (error) {
      this.#logger.info({ err: error, utterance: id }, 'a button of a prompt did not do its work');
      const title = messages.answerTitle(project, question(utterance));
      this.notice({ title, body: messages.failure(reportOf(error)) });
    }
    // The server took the bubble away with the button; only one that asks has this one, and it still does.
    if (key === 'terminal') this.uncertain(utterance);
  }

  async #open({ utterance, bubble }: Conversation): Promise<void> {
    try {
      if (this.#opener === null) throw new Error('no program to open a text with');
      const path = await this.#files.write(utterance.id, utterance.answer ?? '');
      await openFile(this.#opener, path);
    } catch (error) {
      this.#logger.warn({ err: error }, 'an answer could not be opened');
      const title = messages.answerTitle(utterance.project, question(utterance));
      await bubble.finish(passing(title, messages.cannotOpen));
    }
  }
}

function bubbleOf(id: string): string {
  return `utterance:${id}`;
}

function utteranceOf(bubble: string): string {
  return bubble.startsWith('utterance:') ? bubble.slice('utterance:'.length) : '';
}
