import type { Logger } from 'pino';
import type { Answer, Decision, PendingRequest } from '../codex/codex.ts';
import { reportOf } from '../errors.ts';
import * as messages from './messages.ts';
import type { Bubble, Notifier, NotifierEvent } from './notification.ts';
import type { ReplyAction } from './reply-action.ts';

interface Shown {
  request: PendingRequest;
  project: string;
}

const PREFIX = 'request:';
/** More buttons than that are unreadable in one bubble. */
const MOST_OPTIONS = 3;

/** Requests of Codex as bubbles that stay until they are decided; a button answers just what its bubble showed. */
export class RequestBubbles {
  readonly #notifier: Notifier;
  readonly #act: (action: ReplyAction) => Promise<void>;
  readonly #logger: Logger;
  readonly #shown = new Map<string, Shown>();

  constructor(notifier: Notifier, act: (action: ReplyAction) => Promise<void>, logger: Logger) {
    this.#notifier = notifier;
    this.#act = act;
    this.#logger = logger;
  }

  show(request: PendingRequest, project: string): void {
    this.#shown.set(request.id, { request, project });
    void this.#notifier.show(PREFIX + request.id, contentOf({ request, project }, false));
  }

  /** Shows again what still waits: a server may have put it away. */
  remind(id: string): void {
    const shown = this.#shown.get(id);
    if (shown) void this.#notifier.show(PREFIX + id, contentOf(shown, false));
  }

  /** It was decided. */
  resolved(id: string): void {
    if (this.#shown.delete(id)) void this.#notifier.dismiss(PREFIX + id);
  }

  /** Takes an event of one of these bubbles; false: it is of another. */
  handle(event: NotifierEvent): boolean {
    if (!event.bubble.startsWith(PREFIX)) return false;
    const id = event.bubble.slice(PREFIX.length);
    const shown = this.#shown.get(id);
    if (event.type === 'action') void this.#pressed(id, event.key, shown);
    return true;
  }

  /** Takes all of them off the screen. */
  async close(): Promise<void> {
    const ids = [...this.#shown.keys()];
    this.#shown.clear();
    await Promise.all(ids.map((id) => this.#notifier.dismiss(PREFIX + id)));
  }

  async #pressed(id: string, key: string, shown: Shown | undefined): Promise<void> {
    if (!shown) return this.#say(id, messages.staleRequest);
    const { request, project } = shown;
    try {
      if (key === 'details') {
        await this.#notifier.show(PREFIX + id, contentOf(shown, true));
        return;
      }
      if (key === 'open') await this.#act({ type: 'open', project });
      else {
        const answer = answerOf(request, key);
        if (answer) await this.#act({ type: 'answer', request: id, hash: request.hash, answer });
      }
      // Servers close a bubble whose button was pressed; one that still waits belongs on the screen.
      if (this.#shown.has(id) && key === 'open') this.remind(id);
    } catch (error) {
      this.#logger.info({ err: error, request: id }, 'an answer to a request was not taken');
      const { message, hint } = reportOf(error);
      this.#say(id, `${message}\n${hint}`);
    }
  }

  #say(id: string, body: string): void {
    const content: Bubble = {
      title: messages.notDecided,
      body,
      urgency: 'normal',
      actions: {},
      timeout: 8_000,
    };
    void this.#notifier.show(`stale:${id}`, content);
  }
}

function contentOf({ request, project }: Shown, whole: boolean): Bubble {
  const detail = whole ? messages.full(request.detail) : messages.excerpt(request.detail);
  return {
    title: messages.requestTitle(project, request.title),
    body: messages.request(request, detail.text),
    urgency: 'critical',
    actions: {
      ...buttonsOf(request),
      ...(detail.whole || whole ? {} : { details: messages.buttons.details }),
      open: messages.buttons.terminal,
    },
    withoutButtons: messages.decideWithout(request),
    timeout: 0,
  };
}

const DECISIONS: Record<Decision, string> = {
  approve: messages.buttons.approve,
  'approve-session': messages.buttons.approveSession,
  deny: messages.buttons.deny,
};

function buttonsOf({ decisions, questions }: PendingRequest): Record<string, string> {
  const decided = decisions.map((decision): [string, string] => [decision, DECISIONS[decision]]);
  const [question] = questions;
  const asks = questions.length === 1 && question && !question.secret ? question.options : [];
  const offered = asks.length <= MOST_OPTIONS ? asks : [];
  return Object.fromEntries([
    ...offered.map(({ label }, index): [string, string] => [`option-${index}`, label]),
    ...decided,
  ]);
}

function answerOf({ decisions, questions }: PendingRequest, key: string): Answer | null {
  const decision = decisions.find((each) => each === key);
  if (decision) return { decision };
  const option = /^option-(\d)$/.exec(key);
  const [question] = questions;
  const label = option && question?.options[Number(option[1])]?.label;
  return label ? { answers: { [question.id]: [label] } } : null;
}
