import type { SessionNotice } from './codex.ts';
import { failureKind, plainLine } from './failure.ts';
import type { Notification, RateLimits, TokenUsage, TurnError } from './protocol.ts';

/** Share of the model's context above which the person is told. Codex compacts by itself when it is full. */
const NEARLY_FULL = 0.85;
const SPENT_PERCENT = 100;
/** What is no trouble of the network. */
const PROVIDER = ['serverOverloaded', 'internalServerError', 'rateLimitExceeded'];

/** What a person should know of a conversation that goes on, told once until it is over. */
export class Notices {
  readonly #tell: (notice: SessionNotice) => void;
  readonly #told = new Set<SessionNotice['kind']>();
  #resetsAt: number | null = null;

  constructor(tell: (notice: SessionNotice) => void) {
    this.#tell = tell;
  }

  /** @param thread the conversation that is talked to */
  notified({ method, params }: Notification, thread: string | null): void {
    if ('threadId' in params && params.threadId !== thread) return;
    switch (method) {
      case 'thread/tokenUsage/updated':
        this.#usage(params.tokenUsage);
        return;
      case 'account/rateLimits/updated':
        this.#limits(params.rateLimits);
        return;
      case 'item/completed':
        if (params.item.type === 'contextCompaction') this.#compacted();
        return;
      case 'error':
        this.#failed(params.error, params.willRetry);
        return;
      case 'turn/completed':
        if (params.turn.status === 'completed') this.#worked();
        return;
    }
  }

  #usage({ last, modelContextWindow }: TokenUsage): void {
    if (!modelContextWindow) return;
    const share = last.totalTokens / modelContextWindow;
    if (share < NEARLY_FULL) return;
    const percent = Math.min(100, Math.round(share * 100));
    this.#once({
      kind: 'context-full',
      message: `${percent} % of what the model can keep in mind is used; Codex will soon shorten the conversation.`,
      hint: 'For another topic begin a new one: codex-voice new.',
    });
  }

  #compacted(): void {
    this.#told.delete('context-full');
    this.#tell({
      kind: 'compacted',
      message: 'Codex has shortened the conversation; it goes on with a summary of it.',
      hint: '',
    });
  }

  /** An update has what its answer had; what it does not have stays as it was. */
  #limits({ primary, secondary, credits }: RateLimits): void {
    if (!primary && !secondary) return;
    const spent = [primary, secondary].find((window) => (window?.usedPercent ?? 0) >= SPENT_PERCENT);
    this.#resetsAt = spent?.resetsAt ?? primary?.resetsAt ?? this.#resetsAt;
    if (spent && !credits?.hasCredits && !credits?.unlimited) this.#limitReached();
    else this.#told.delete('usage-limit');
  }

  #limitReached(): void {
    const until = this.#resetsAt === null ? '' : ` It is reset ${whenOf(this.#resetsAt)}.`;
    this.#once({
      kind: 'usage-limit',
      message: `The usage limit of your plan is reached.${until}`,
      hint: 'What you say until then is answered with this reason; it stays in codex-voice history.',
    });
  }

  #failed(error: TurnError, willRetry: boolean): void {
    const kind = failureKind(error);
    if (kind === 'usageLimitExceeded') this.#limitReached();
    else if (kind === 'unauthorized') this.#signedOut();
    else if (willRetry) this.#retried(error, PROVIDER.includes(kind ?? ''));
  }

  #signedOut(): void {
    this.#once({
      kind: 'signed-out',
      message: 'Codex is not signed in any more.',
      hint: 'Run `codex login`; then say it again.',
    });
  }

  #retried({ message, additionalDetails }: TurnError, provider: boolean): void {
    const what = provider
      ? 'The model does not answer as it should'
      : 'The connection to the model is broken';
    const why = plainLine(additionalDetails ?? message);
    this.#once({ kind: 'network', message: `${what}; Codex tries again. (${why})`, hint: '' });
  }

  #worked(): void {
    const over = (['network', 'signed-out', 'usage-limit'] as const).filter((kind) =>
      this.#told.delete(kind),
    );
    if (over.length === 0) return;
    this.#tell({ kind: 'recovered', message: 'Codex answers again.', hint: '' });
  }

  #once(notice: SessionNotice): void {
    if (this.#told.has(notice.kind)) return;
    this.#told.add(notice.kind);
    this.#tell(notice);
  }
}

/** @param seconds since 1970 */
function whenOf(seconds: number): string {
  const date = new Date(seconds * 1_000);
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return date.toDateString() === new Date().toDateString()
    ? `at ${time}`
    : `on ${date.toLocaleDateString()} at ${time}`;
}
