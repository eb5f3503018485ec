import type { SessionNotice } from '../../agent/session.ts';
import { conversation, limitReset } from '../../wording/notices.ts';
import { failureKind, plainLine } from '../failure.ts';
import type { Notification, RateLimits, TokenUsage, TurnError } from '../protocol.ts';

/** Share of the model's context above which the user is warned. When it is full, Codex compacts it. */
const NEARLY_FULL = 0.85;
const SPENT_PERCENT = 100;
/** The limit of the plan; others are for single models (Codex 0.169.0). */
const PLAN = 'codex';
/** How Codex 0.169.0 begins a report that the model cannot be reached. Other texts come from the model's provider. */
const NETWORK =
  /^(?:reconnecting|stream disconnected|connection failed|error sending request|(?:request )?timeout|timed out)/i;
/** How Codex 0.169.0 reports the end of a limit, when it is known. */
const TRY_AGAIN = /\btry again (?:at|in|on) [^.]+/i;

/** Reports each condition of a conversation that the user should know of once, until the condition ends. */
export class Notices {
  readonly #report: (notice: SessionNotice) => void;
  readonly #reported = new Set<SessionNotice['kind']>();
  #thread: string | null = null;
  /** The running or last turn. */
  #turn: string | null = null;
  /** The turn in which a limit was reached; it may still complete. */
  #spentIn: string | null = null;

  constructor(report: (notice: SessionNotice) => void) {
    this.#report = report;
  }

  /** @param thread the current conversation */
  notified({ method, params }: Notification, thread: string | null): void {
    if (thread !== this.#thread) this.#reported.delete('context-full');
    this.#thread = thread;
    if ('threadId' in params && params.threadId !== thread) return;
    switch (method) {
      case 'turn/started':
        this.#turn = params.turn.id;
        return;
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
        if (params.turn.status === 'completed') this.#worked(params.turn.id);
        return;
    }
  }

  #usage({ last, modelContextWindow }: TokenUsage): void {
    if (!modelContextWindow) return;
    const share = last.totalTokens / modelContextWindow;
    if (share < NEARLY_FULL) return;
    const percent = Math.min(100, Math.round(share * 100));
    this.#once({ kind: 'context-full', ...conversation.nearlyFull(percent) });
  }

  #compacted(): void {
    this.#reported.delete('context-full');
    this.#report({ kind: 'compacted', ...conversation.compacted });
  }

  /** An update has only the changed fields; the others keep their values. */
  #limits({ limitId, primary, secondary, credits }: RateLimits): void {
    if (!(primary || secondary) || (limitId ?? PLAN) !== PLAN) return;
    const spent = [primary, secondary].filter((window) => (window?.usedPercent ?? 0) >= SPENT_PERCENT);
    if (spent.length === 0 || credits?.hasCredits || credits?.unlimited) this.#over(['usage-limit']);
    else {
      const resetsAt = Math.max(...spent.map((window) => window?.resetsAt ?? 0));
      this.#limitReached(resetsAt > 0 ? limitReset(resetsAt) : '');
    }
  }

  /** @param more when it ends, or why; '' when unknown */
  #limitReached(more: string): void {
    this.#spentIn = this.#turn;
    this.#once({ kind: 'usage-limit', ...conversation.limitReached(more) });
  }

  #failed(error: TurnError, willRetry: boolean): void {
    const kind = failureKind(error);
    // Afterwards Codex 0.169.0 counts wrongly, and the failure has already been reported.
    if (kind === 'contextWindowExceeded') this.#reported.add('context-full');
    else if (kind === 'usageLimitExceeded') this.#limitReached(whyLimited(error.message));
    else if (kind === 'unauthorized') this.#signedOut();
    else if (willRetry) this.#retried(error);
  }

  #signedOut(): void {
    this.#once({ kind: 'signed-out', ...conversation.signedOut });
  }

  #retried(error: TurnError): void {
    const why = plainLine(error.additionalDetails ?? error.message);
    const { disconnected, unwell } = conversation;
    this.#once({ kind: 'network', ...(NETWORK.test(why) ? disconnected(why) : unwell(why)) });
  }

  #worked(turn: string): void {
    this.#over(['network', 'signed-out', ...(turn === this.#spentIn ? [] : (['usage-limit'] as const))]);
  }

  /** Forgets conditions that have ended. */
  #over(kinds: readonly SessionNotice['kind'][]): void {
    const over = kinds.filter((kind) => this.#reported.delete(kind));
    if (over.length > 0) this.#report({ kind: 'recovered', ...conversation.recovered });
  }

  #once(notice: SessionNotice): void {
    if (this.#reported.has(notice.kind)) return;
    this.#reported.add(notice.kind);
    this.#report(notice);
  }
}

function whyLimited(message: string): string {
  const line = plainLine(message);
  const [again] = TRY_AGAIN.exec(line) ?? [];
  return again === undefined ? `(${line})` : `${again.charAt(0).toUpperCase()}${again.slice(1)}.`;
}
