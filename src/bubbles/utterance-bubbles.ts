import type { Logger } from 'pino';
import type { Action } from '../actions.ts';
import { type Activity, THINKING } from '../agent/activity.ts';
import type { Copy } from '../clipboard/clipboard.ts';
import { reportOf } from '../errors.ts';
import type { Bubble, Notifier, NotifierEvent } from '../notifications/notification.ts';
import type { Utterance } from '../utterance.ts';
import { openFile, type TextFiles } from '../windows/text-file.ts';
import * as messages from '../wording/notifications.ts';
import { doing } from '../wording/status.ts';
import { LazyMarkdownReader } from './markdown.ts';
import { UtteranceBubble } from './utterance-bubble.ts';
import {
  type Abilities,
  finalBubble,
  fullBubble,
  heardBubble,
  listeningBubble,
  question,
  queuedBubble,
  type Spoken,
  spokenSoFar,
  uncertainBubble,
  workingBubble,
} from './utterance-content.ts';

interface UtteranceBubblesParts {
  notifier: Notifier;
  logger: Logger;
  files: TextFiles;
  /** The program that opens text files; null: none. */
  opener: string | null;
  copy: () => Copy | null;
  act: (action: Action) => Promise<unknown>;
  /** Reports the result of a button. */
  tell: (title: string, body: string) => void;
}

type Pressed = Extract<NotifierEvent, { type: 'action' }>;

interface Conversation {
  utterance: Utterance;
  readonly bubble: UtteranceBubble;
  readonly spoken: { levels: number[]; partial: Spoken['partial'] };
  activity: Activity;
  /** Start of the last message within the answer. */
  messageAt: number;
}

const PREFIX = 'utterance:';
/** Answers whose buttons work; older ones are in the history. */
const MOST_KEPT = 50;
/** Number of levels in a text meter. */
const MOST_LEVELS = 24;

/** Name of an utterance's notification. @param id of the utterance */
export function bubbleOf(id: string): string {
  return PREFIX + id;
}

/** Shows each utterance in one notification, updated in place from the key press to the answer. */
export class UtteranceBubbles {
  readonly #parts: UtteranceBubblesParts;
  readonly #conversations = new Map<string, Conversation>();
  readonly #markdown: LazyMarkdownReader;

  constructor(parts: UtteranceBubblesParts) {
    this.#parts = parts;
    this.#markdown = new LazyMarkdownReader((error) =>
      parts.logger.error({ err: error }, 'Markdown is shown as plain text'),
    );
  }

  listening(utterance: Utterance): void {
    const { bubble, spoken } = this.#of(utterance);
    bubble.change(() => listeningBubble(utterance, spoken));
  }

  level(utterance: Utterance, dbfs: number): void {
    // A file has no meter.
    if (!this.#conversations.has(utterance.id)) return;
    const { bubble, spoken } = this.#of(utterance);
    spoken.levels.push(dbfs);
    if (spoken.levels.length > MOST_LEVELS) spoken.levels.shift();
    bubble.update(() => listeningBubble(utterance, spoken));
  }

  partial(utterance: Utterance, text: string, stable: number): void {
    const { bubble, spoken } = this.#of(utterance);
    spoken.partial = spokenSoFar(text, stable);
    bubble.update(() => listeningBubble(utterance, spoken));
  }

  heard(utterance: Utterance): void {
    void this.#markdown.load();
    this.#of(utterance).bubble.change(() => heardBubble(utterance));
  }

  queued(utterance: Utterance, ahead: number): void {
    this.#of(utterance).bubble.change(() => queuedBubble(utterance, ahead));
  }

  uncertain(utterance: Utterance): void {
    void this.#of(utterance).bubble.ask(uncertainBubble(utterance));
  }

  /** Shows Codex's new activity. */
  activity(utterance: Utterance, activity: Activity): void {
    const conversation = this.#of(utterance);
    conversation.activity = activity;
    if (activity.kind === 'writing') conversation.messageAt = (utterance.answer ?? '').length;
    this.#works(conversation);
  }

  /** Shows more of the answer. */
  delta(utterance: Utterance): void {
    const conversation = this.#of(utterance);
    if ((utterance.answer ?? '').trim() === '') return;
    conversation.activity = { kind: 'writing', text: doing.writing };
    this.#works(conversation);
  }

  /** Shows its end. @param dress changes the content last @returns false when no server took it */
  async ended(utterance: Utterance, dress: (bubble: Bubble) => Bubble): Promise<boolean> {
    const { bubble } = this.#of(utterance);
    bubble.end();
    await this.#markdown.load();
    return bubble.finish(dress(finalBubble(utterance, this.#abilities)));
  }

  /** Shows an old answer: as text if there is a program for it, else complete in a notification. */
  async openAnswer(utterance: Utterance): Promise<void> {
    const conversation = this.#of(utterance);
    if (this.#parts.opener === null) await this.#showFull(conversation);
    else await this.#open(conversation);
  }

  /** Removes it for good. */
  async drop(id: string): Promise<void> {
    const conversation = this.#conversations.get(id);
    this.#conversations.delete(id);
    await conversation?.bubble.remove();
  }

  /** Removes the notifications of unfinished utterances. */
  async close(): Promise<void> {
    const unfinished = [...this.#conversations.values()].filter(({ bubble }) => !bubble.final);
    await Promise.all(unfinished.map(({ bubble }) => bubble.remove()));
  }

  /** Handles an event; false: it is about another notification. */
  async handle(event: NotifierEvent): Promise<boolean> {
    if (!event.bubble.startsWith(PREFIX)) return false;
    const conversation = this.#conversations.get(event.bubble.slice(PREFIX.length));
    if (!conversation) return true;
    const { bubble, utterance } = conversation;
    if (event.type === 'closed') {
      bubble.closed(event.reason);
      // An expired one may still be in the server's history, with its buttons.
      if (bubble.final && event.reason !== 'expired') this.#conversations.delete(utterance.id);
    } else if (event.type === 'reply') {
      await this.#act(conversation, {
        type: 'ask',
        project: utterance.project,
        text: event.text,
        source: 'reply',
      });
    } else {
      await this.#pressed(conversation, event);
    }
    return true;
  }

  async #pressed(conversation: Conversation, { key, activation }: Pressed): Promise<void> {
    const { utterance, bubble } = conversation;
    const { id, project } = utterance;
    switch (key) {
      case 'full':
        await this.#showFull(conversation);
        return;
      case 'default': {
        const cut = finalBubble(utterance, this.#abilities).actions.full !== undefined;
        if (bubble.final && cut) return this.#showFull(conversation);
        await this.#act(conversation, { type: 'open-terminal', project, activation });
        return;
      }
      case 'text':
        await this.#open(conversation);
        return;
      case 'copy':
        await this.#copy(conversation);
        return;
      case 'respond':
        await this.#act(conversation, { type: 'open-terminal', project, activation });
        return;
      case 'speak':
        await this.#act(conversation, { type: 'speak-to', project });
        return;
      case 'interrupt':
        await this.#act(conversation, { type: 'interrupt', project });
        return;
      case 'again':
        await this.#act(conversation, { type: 'queue-send', utterance: id });
        return;
      case 'drop':
        await this.#act(conversation, { type: 'queue-drop', utterance: id });
        return;
      case 'terminal':
        await this.#act(conversation, { type: 'open-terminal', project, activation });
        // Most servers have closed it with the button, but its question still waits.
        bubble.again();
    }
  }

  async #act({ utterance }: Conversation, action: Action): Promise<void> {
    try {
      await this.#parts.act(action);
    } catch (error) {
      const { id, project } = utterance;
      this.#parts.logger.info({ err: error, utterance: id, action: action.type }, 'a button did not work');
      this.#parts.tell(messages.answerTitle(project, question(utterance)), messages.failure(reportOf(error)));
    }
  }

  #works(conversation: Conversation): void {
    void this.#markdown.load();
    conversation.bubble.update(() => {
      const { utterance, activity, messageAt } = conversation;
      const written = (utterance.answer ?? '').slice(messageAt);
      return workingBubble(utterance, written, activity, this.#markdown.read);
    });
  }

  async #showFull({ utterance, bubble }: Conversation, note = ''): Promise<void> {
    await this.#markdown.load();
    await bubble.finish(fullBubble(utterance, this.#abilities, note));
  }

  async #copy(conversation: Conversation): Promise<void> {
    const { utterance, bubble } = conversation;
    let note = messages.copied;
    try {
      await this.#parts.copy()?.(utterance.answer ?? '');
    } catch (error) {
      this.#parts.logger.warn({ err: error }, 'an answer could not be copied');
      note = messages.notCopied;
    }
    const content = fullBubble(utterance, this.#abilities, note);
    await bubble.finish({ ...content, timeout: messages.readingTime(content.body) });
  }

  async #open(conversation: Conversation): Promise<void> {
    const { opener, files, logger } = this.#parts;
    const { utterance } = conversation;
    try {
      if (opener === null) throw new Error('no program to open a text with');
      await openFile(opener, await files.write(utterance.id, utterance.answer ?? ''));
    } catch (error) {
      logger.warn({ err: error }, 'an answer could not be opened');
      await this.#showFull(conversation, messages.cannotOpen);
    }
  }

  get #abilities(): Abilities {
    const { notifier, opener, copy } = this.#parts;
    return {
      markdown: this.#markdown.read,
      inlineReply: notifier.state.capabilities.includes('inline-reply'),
      copy: copy() !== null,
      opener: opener !== null,
    };
  }

  #of(utterance: Utterance): Conversation {
    const { id } = utterance;
    const known = this.#conversations.get(id);
    if (known) {
      known.utterance = utterance;
      return known;
    }
    const conversation: Conversation = {
      utterance,
      bubble: new UtteranceBubble(this.#parts.notifier, bubbleOf(id)),
      spoken: { levels: [], partial: { text: '', stable: 0 } },
      activity: THINKING,
      messageAt: 0,
    };
    this.#conversations.set(id, conversation);
    const oldest = this.#conversations.keys().next();
    if (this.#conversations.size > MOST_KEPT && !oldest.done) this.#conversations.delete(oldest.value);
    return conversation;
  }
}
