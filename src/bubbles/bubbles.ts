import type { Logger } from 'pino';
import type { Action } from '../actions.ts';
import type { Copy } from '../clipboard/clipboard.ts';
import type { Fact } from '../facts.ts';
import type { Bubble, Notifier, NotifierEvent } from '../notifications/notification.ts';
import type { Utterance } from '../utterance.ts';
import { TextFiles } from '../windows/text-file.ts';
import { CorrectionBubbles } from './correction-bubbles.ts';
import { NoticeBubbles } from './notice-bubbles.ts';
import { RequestBubbles } from './request-bubbles.ts';
import { ReviewBubbles } from './review-bubbles.ts';
import { bubbleOf, UtteranceBubbles } from './utterance-bubbles.ts';

/** `quiet`: only what needs the user, and answers without a pop-up or sound. */
export type NotifyMode = boolean | 'quiet';

interface BubblesOptions {
  notifier: Notifier;
  logger: Logger;
  /** Private folder for answers that are opened as text; removed at the end. */
  folder: string;
  /** `[reply] notify`; default true. */
  mode?: () => NotifyMode;
  /** `[codex] streaming`: the answer grows in the notification. Default: true. */
  streaming?: () => boolean;
  /** The program that opens text files (see `findOpener`); null: none, and so no button. */
  opener?: string | null;
  /** The clipboard, once it is known; null: none, and so no button. */
  copy?: () => Copy | null;
  /** Returns the text if it can be added to the user's own words. Default: null for every text. */
  memorable?: (text: string) => string | null;
  /** Performs the action of a button. @throws an error that is shown to the user */
  act?: (action: Action) => Promise<unknown>;
}

/** The progress of an utterance: shown only if `notify` is true. */
const ON_THE_WAY: readonly Fact['type'][] = [
  'listening',
  'level',
  'partial',
  'heard',
  'queued',
  'activity',
  'delta',
];

/**
 * Shows the user every utterance, from the key press to the answer, and every error. Close it before the notifier's
 * bus.
 */
export class Bubbles {
  readonly #notifier: Notifier;
  readonly #logger: Logger;
  readonly #setting: () => NotifyMode;
  readonly #streaming: () => boolean;
  readonly #files: TextFiles;
  readonly #notices: NoticeBubbles;
  readonly #utterances: UtteranceBubbles;
  readonly #requests: RequestBubbles;
  readonly #reviews: ReviewBubbles;
  readonly #corrections: CorrectionBubbles;
  readonly #listening: Promise<void>;
  #closed = false;

  constructor(options: BubblesOptions) {
    const { notifier, logger, folder, mode = () => true, streaming = () => true, opener = null } = options;
    const { copy = () => null, act = async () => undefined, memorable = () => null } = options;
    this.#notifier = notifier;
    this.#logger = logger;
    this.#setting = mode;
    this.#streaming = streaming;
    this.#files = new TextFiles(folder);
    this.#notices = new NoticeBubbles(notifier, (bubble) => this.#dressed(bubble));
    const tell = (title: string, body: string): void => {
      if (this.#mode !== false) this.#notices.show({ title, body });
    };
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
    const dress = (bubble: Bubble): Bubble => this.#dressed(bubble);
    this.#corrections = new CorrectionBubbles({ notifier, act, memorable, dress, logger });
    this.#listening = this.#listen();
  }

  /** Shows a fact if `[reply] notify` wants it. Removes what has ended in any case. */
  learn(fact: Fact): Promise<number | null> | undefined {
    if (this.#mode !== true && ON_THE_WAY.includes(fact.type)) return;
    const shows = this.#mode !== false;
    switch (fact.type) {
      case 'listening':
        this.#utterances.listening(fact.utterance);
        return;
      case 'level':
        this.#utterances.level(fact.utterance, fact.dbfs);
        return;
      case 'partial':
        this.#utterances.partial(fact.utterance, fact.text, fact.stable);
        return;
      case 'heard':
        if (!fact.held) this.#utterances.heard(fact.utterance);
        return;
      case 'review':
        // Independent of the mode, because a separate setting enables it.
        return this.#reviews.show(fact.utterance, fact.view).then(timed);
      case 'review-hidden':
        this.#reviews.hide(fact.utterance);
        return;
      case 'released':
        if (shows) this.#reviews.over(fact.utterance.id);
        else this.#reviews.hide(fact.utterance.id);
        if (this.#mode === true) this.#utterances.heard(fact.utterance);
        return;
      case 'not-sent':
        this.#reviews.notSent(fact.utterance);
        return;
      case 'corrected':
        if (shows) this.#corrections.show(fact);
        return;
      case 'queued':
        this.#utterances.queued(fact.utterance, fact.ahead);
        return;
      case 'uncertain':
        if (shows) this.#utterances.uncertain(fact.utterance);
        return;
      case 'activity':
        this.#utterances.activity(fact.utterance, fact.activity);
        return;
      case 'delta':
        if (this.#streaming()) this.#utterances.delta(fact.utterance);
        return;
      case 'ended':
        return this.#ended(fact.utterance);
      case 'requested':
        if (shows) this.#requests.show(fact.request, fact.project);
        return;
      case 'reminded':
        if (shows) this.#requests.remind(fact.request.id);
        return;
      case 'resolved':
        this.#requests.resolved(fact.request);
        return;
      case 'session-notice':
        this.#notices.session(fact.project, fact.notice, shows);
        return;
      case 'trouble':
        if (shows) this.#notices.trouble(fact.error);
        return;
      case 'cleared':
        this.#notices.cleared(fact.code);
        return;
      case 'refused':
        if (shows) this.#notices.paused();
        return;
      case 'notice':
        if (shows) this.#notices.show(fact.notice);
        return;
    }
  }

  /** Shows an old answer: as text if there is a program for it, else complete in a notification. */
  async openAnswer(utterance: Utterance): Promise<void> {
    await this.#utterances.openAnswer(utterance);
  }

  /** Removes everything that stays until an event, and closes the notifier. Answers stay on the screen. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#utterances.close(), this.#requests.close(), this.#reviews.close()]);
    await this.#notifier.close();
    await this.#listening;
    await this.#files.remove();
  }

  get #mode(): NotifyMode {
    return this.#closed ? false : this.#setting();
  }

  /**
   * Shows how an utterance ended: answered, interrupted or failed. Cancelled and empty ones show nothing.
   * @returns performance.now() in ms when the server took it; null when no server did, or nothing was shown
   */
  async #ended(utterance: Utterance): Promise<number | null> {
    if (utterance.state === 'cancelled' || utterance.state === 'empty') {
      await this.#utterances.drop(utterance.id);
      return null;
    }
    if (this.#mode === false) return null;
    return timed(await this.#utterances.ended(utterance, (bubble) => this.#dressed(bubble)));
  }

  /** In quiet mode, makes everything quiet that can wait. */
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
    if (this.#corrections.handle(event)) return;
    await this.#utterances.handle(event);
  }
}

function timed(taken: boolean): number | null {
  return taken ? performance.now() : null;
}
