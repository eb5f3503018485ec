import type { Logger } from 'pino';
import type { Action } from '../actions.ts';
import type { Answer, Decision, PendingRequest, Question } from '../agent/requests.ts';
import { reportOf } from '../errors.ts';
import type { Bubble, Notifier, NotifierEvent } from '../notifications/notification.ts';
import { codeLine, type RichText, unstyled } from '../notifications/rich-text.ts';
import { displayText } from '../text/clean.ts';
import * as messages from '../wording/notifications.ts';

interface Shown {
  request: PendingRequest;
  project: string;
  /** Show as much as fits, instead of only the beginning. */
  all: boolean;
}

type Pressed = Exclude<NotifierEvent, { type: 'closed' }>;

const PREFIX = 'request:';
/** More buttons in one notification are unreadable. */
const MOST_OPTIONS = 3;

/** Shows Codex's requests until they are decided. A button answers exactly what its notification showed. */
export class RequestBubbles {
  readonly #notifier: Notifier;
  readonly #act: (action: Action) => Promise<unknown>;
  readonly #logger: Logger;
  readonly #shown = new Map<string, Shown>();

  constructor(notifier: Notifier, act: (action: Action) => Promise<unknown>, logger: Logger) {
    this.#notifier = notifier;
    this.#act = act;
    this.#logger = logger;
  }

  show(request: PendingRequest, project: string): void {
    this.#shown.set(request.id, { request, project, all: false });
    this.remind(request.id);
  }

  /** Shows a waiting request again, because a server may have hidden it. */
  remind(id: string): void {
    const shown = this.#shown.get(id);
    if (shown) void this.#notifier.show(PREFIX + id, contentOf(shown));
  }

  /** Removes a decided request. */
  resolved(id: string): void {
    if (this.#shown.delete(id)) void this.#notifier.dismiss(PREFIX + id);
  }

  /** Handles an event; false: it is about another notification. */
  handle(event: NotifierEvent): boolean {
    if (!event.bubble.startsWith(PREFIX)) return false;
    if (event.type !== 'closed') void this.#pressed(event.bubble.slice(PREFIX.length), event);
    return true;
  }

  /** Removes all requests from the screen. */
  async close(): Promise<void> {
    const ids = [...this.#shown.keys()];
    this.#shown.clear();
    await Promise.all(ids.map((id) => this.#notifier.dismiss(PREFIX + id)));
  }

  async #pressed(id: string, event: Pressed): Promise<void> {
    const shown = this.#shown.get(id);
    if (!shown) return this.#say(messages.staleRequest);
    const { request, project } = shown;
    const key = event.type === 'action' ? event.key : null;
    const answer = answerOf(request, event);
    try {
      if (key === 'details') shown.all = true;
      if (event.type === 'action' && event.key === 'open')
        await this.#act({ type: 'open-terminal', project, activation: event.activation });
      if (answer) {
        await this.#act({ type: 'answer', request: id, hash: request.hash, answer });
        return;
      }
    } catch (error) {
      this.#logger.info({ err: error, request: id }, 'a button of a request did not do its work');
      const { message, hint } = reportOf(error);
      this.#say(`${message}\n${hint}`);
    }
    // Servers close a notification whose button was pressed, so show it again if it still waits.
    this.remind(id);
  }

  #say(body: string): void {
    const content: Bubble = {
      title: messages.notDecided,
      body,
      urgency: 'normal',
      actions: {},
      timeout: messages.readingTime(body),
    };
    void this.#notifier.show('not-decided', content);
  }
}

function contentOf({ request, project, all }: Shown): Bubble {
  const detail = messages.requestDetail(request.detail, all);
  const shown = all && !detail.whole ? `${detail.text}\n${messages.restInTerminal}` : detail.text;
  const body = messages.request(request, shown);
  const how = messages.decideWithout(request);
  const inWords = request.questions.length > 0 && offeredBy(request).length === 0;
  return {
    title: messages.requestTitle(project, request.title),
    body: inWords ? `${body}\n${how}` : body,
    rich: styled(inWords ? `${body}\n${how}` : body, request, shown),
    urgency: 'critical',
    actions: {
      ...buttonsOf(request),
      ...(detail.whole || all ? {} : { details: messages.buttons.details }),
      open: messages.buttons.terminal,
    },
    ...(wordsOf(request) && { reply: messages.buttons.reply }),
    ...(!inWords && { withoutButtons: how }),
    timeout: 0,
  };
}

/** Makes dangers bold, and sets commands and changes as code. @param detail the part of the body */
function styled(body: string, { dangers, kind }: PendingRequest, detail: string): RichText {
  const from = dangers.length > 0 ? 1 : 0;
  const typed = detail !== '' && (kind === 'command' || kind === 'file-change');
  const to = typed ? from + detail.split('\n').length : from;
  return unstyled(displayText(body)).map((line, index) => {
    const [span] = line;
    if (!span) return [];
    if (index < from) return [{ ...span, bold: true }];
    return [index < to ? codeLine(span.text) : span];
  });
}

const DECISIONS: Record<Decision, string> = {
  approve: messages.buttons.approve,
  'approve-session': messages.buttons.approveSession,
  deny: messages.buttons.deny,
};

function buttonsOf(request: PendingRequest): Record<string, string> {
  const decided = request.decisions.map((decision): [string, string] => [decision, DECISIONS[decision]]);
  return Object.fromEntries([
    ...offeredBy(request).map(({ label }, index): [string, string] => [
      `option-${index}`,
      messages.option(label),
    ]),
    ...decided,
  ]);
}

/** The only question of a request, unless its answer is secret. */
function onlyQuestion({ questions }: PendingRequest): Question | null {
  const [question, ...others] = questions;
  return question && others.length === 0 && !question.secret ? question : null;
}

/** The options, if they fit into buttons and one of them is the whole answer. */
function offeredBy(request: PendingRequest): Question['options'] {
  const question = onlyQuestion(request);
  const options = question?.options ?? [];
  return options.length <= MOST_OPTIONS && !question?.multiple ? options : [];
}

/** The question that takes a text, if there is only one. */
function wordsOf(request: PendingRequest): Question | null {
  const question = onlyQuestion(request);
  return question?.free ? question : null;
}

/** Returns the answer that a button or a text gives; null: it does something else. */
function answerOf(request: PendingRequest, event: Pressed): Answer | null {
  if (event.type === 'reply') {
    const asks = wordsOf(request);
    return asks && event.text.trim() !== '' ? { answers: { [asks.id]: [event.text] } } : null;
  }
  const decision = request.decisions.find((each) => each === event.key);
  if (decision) return { decision };
  const index = /^option-(\d)$/.exec(event.key)?.[1];
  const label = index === undefined ? undefined : offeredBy(request)[Number(index)]?.label;
  const question = onlyQuestion(request);
  return question && label !== undefined ? { answers: { [question.id]: [label] } } : null;
}
