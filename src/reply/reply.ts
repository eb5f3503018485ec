import type { Logger } from 'pino';
import type { Activity, PendingRequest } from '../codex/codex.ts';
import { type ErrorCode, type ErrorReport, titleOf } from '../errors.ts';
import * as messages from '../messages/notifications.ts';
import type { Utterance } from '../utterance.ts';
import type { Copy } from './clipboard.ts';
import type { Bubble, Notifier, NotifierEvent } from './notification.ts';
import type { ReplyAction } from './reply-action.ts';
import { RequestBubbles } from './request-bubbles.ts';
import { ReviewBubbles, type ReviewView } from './review-bubbles.ts';
import { TextFiles } from './text-file.ts';
import { bubbleOf, UtteranceBubbles } from './utterance-bubbles.ts';

/** `quiet`: only what needs the person, and answers without a pop-up and a sound. */
export type NotifyMode = boolean | 'quiet';

export interface ReplyOptions {
  notifier: Notifier;
  logger: Logger;
  /** Folder of its own for answers that are opened as text; removed at the end. */
  folder: string;
  /** `[reply] notify`; default true. */
  mode?: NotifyMode;
  /** The program that opens a text file (see `findOpener`); null: none, and no button for it. */
  opener?: string | null;
  /** The clipboard, as far as it is known; null: none, and no button for it. */
  copy?: () => Copy | null;
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

/** What the person sees of an utterance, from the key press to the answer; and of what goes wrong. */
export class Reply {
  readonly #notifier: Notifier;
  readonly #logger: Logger;
  readonly #files: TextFiles;
  readonly #utterances: UtteranceBubbles;
  readonly #requests: RequestBubbles;
  readonly #reviews: ReviewBubbles;
  readonly #listening: Promise<void>;
  #mode: NotifyMode;

  constructor(options: ReplyOptions) {
    const { notifier, logger, folder, mode = true, opener = null } = options;
    const { copy = () => null, act = async () => undefined } = options;
    this.#notifier = notifier;
    this.#logger = logger;
    this.#files = new TextFiles(folder);
    const tell = (title: string, body: string): void => this.notice({ title, body });
    this.#utterances = new UtteranceBubbles({
      notifier,
      logger,
      files: this.#files,
      opener,
      copy,
      act,
      tell,
    });
    this.#requests = new RequestBubbles(notifier, act, logger);
    this.#reviews = new ReviewBubbles({ notifier, nameOf: bubbleOf, act, logger });
    this.#mode = mode;
    this.#listening = this.#listen();
  }

  get mode(): NotifyMode {
    return this.#mode;
  }

  /** What is shown from now on. */
  setMode(mode: NotifyMode): void {
    this.#mode = mode;
  }

  /** Shows that the microphone is open for it. */
  listening(utterance: Utterance): void {
    if (this.#mode === true) this.#utterances.listening(utterance);
  }

  /** Shows how loud it is. @param dbfs RMS of the last tenth of a second */
  level(utterance: Utterance, dbfs: number): void {
    if (this.#mode === true) this.#utterances.level(utterance, dbfs);
  }

  /** Shows the words so far. @param stable so many UTF-16 units of them will not change any more */
  partial(utterance: Utterance, text: string, stable: number): void {
    if (this.#mode === true) this.#utterances.partial(utterance, text, stable);
  }

  /** Shows what was heard. */
  heard(utterance: Utterance): void {
    if (this.#mode === true) this.#utterances.heard(utterance);
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
    if (this.#mode !== false) this.#reviews.over(utterance.id);
    else this.#reviews.hide(utterance.id);
    this.heard(utterance);
  }

  /** It was cancelled while it was shown. */
  notSent(utterance: Utterance): void {
    this.#reviews.notSent(utterance);
  }

  /** Shows that it waits behind others. */
  queued(utterance: Utterance, ahead: number): void {
    if (this.#mode === true) this.#utterances.queued(utterance, ahead);
  }

  /** Shows that only the person can know whether it was sent; its error says why. */
  uncertain(utterance: Utterance): void {
    if (this.#mode !== false) this.#utterances.uncertain(utterance);
  }

  /** Shows what Codex does for it. */
  activity(utterance: Utterance, activity: Activity): void {
    if (this.#mode === true) this.#utterances.activity(utterance, activity);
  }

  /** Shows the answer as far as it came. @param text all of it so far */
  delta(utterance: Utterance, text: string): void {
    if (this.#mode === true) this.#utterances.delta(utterance, text);
  }

  /**
   * Shows how an utterance ended, by its state: answered, interrupted, failed; cancelled and empty ones go quietly.
   * Never rejects.
   * @returns performance.now() when the server took it, ms; null when none did or there was nothing to show
   */
  async ended(utterance: Utterance): Promise<number | null> {
    try {
      return await this.#ended(utterance);
    } catch (error) {
      this.#logger.error({ err: error, utterance: utterance.id }, 'the end of an utterance cannot be shown');
      return null;
    }
  }

  async #ended(utterance: Utterance): Promise<number | null> {
    if (utterance.state === 'cancelled' || utterance.state === 'empty') {
      await this.#utterances.drop(utterance.id);
      return null;
    }
    if (this.#mode === false) return null;
    const taken = await this.#utterances.ended(utterance, (bubble) => this.#dressed(bubble));
    return taken ? performance.now() : null;
  }

  /** Shows an error that belongs to no utterance; the same code replaces what it showed before. */
  trouble({ code, message, hint }: ErrorReport): void {
    if (this.#mode === false) return;
    const body = messages.failure({ code, message, hint });
    void this.#notifier.show(`trouble:${code}`, {
      title: titleOf(code),
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
    if (this.#mode === false) return;
    const timeout = stays ? 0 : messages.readingTime(body);
    const urgency = stays ? 'critical' : 'normal';
    const content: Bubble = { title, body, urgency, actions: {}, timeout };
    void this.#notifier.show(`notice:${about}`, this.#dressed(content));
  }

  /** What a notice was about is over. */
  noticeOver(about: string): void {
    void this.#notifier.dismiss(`notice:${about}`);
  }

  /** Shows that Codex waits for a decision. */
  requested(request: PendingRequest, project: string): void {
    if (this.#mode !== false) this.#requests.show(request, project);
  }

  /** Shows it again. @param id of the request */
  remind(id: string): void {
    if (this.#mode !== false) this.#requests.remind(id);
  }

  /** It was decided. @param id of the request */
  resolved(id: string): void {
    this.#requests.resolved(id);
  }

  /** Shows an old answer: as a text where there is a program for that, else whole in a bubble. */
  async openAnswer(utterance: Utterance): Promise<void> {
    await this.#utterances.openAnswer(utterance);
  }

  /** Takes away what would wait for ever, and closes the notifier. Answers stay on the screen. */
  async close(): Promise<void> {
    this.#mode = false;
    await Promise.all([this.#utterances.close(), this.#requests.close(), this.#reviews.close()]);
    await this.#notifier.close();
    await this.#listening;
    await this.#files.remove();
  }

  /** Who is not to be disturbed sees what can wait when they look for it. */
  #dressed(bubble: Bubble): Bubble {
    const canWait = this.#mode === 'quiet' && bubble.urgency !== 'critical';
    return canWait ? { ...bubble, urgency: 'low', quiet: true } : bubble;
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
    await this.#utterances.handle(event);
  }
}
