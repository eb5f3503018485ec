import type { SessionNotice } from '../../agent/session.ts';
import { conversation, limitReset } from '../../wording/notices.ts';
import { failureKind, plainLine } from '../failure.ts';
import type { Notification, RateLimits, TokenUsage, TurnError } from '../protocol.ts';

/** Share of the model's context above which the person is told. Codex compacts by itself when it is full. */
const NEARLY_FULL = 0.85;
const SPENT_PERCENT = 100;
/** The limit that counts for Codex itself; others are those of single models (Codex 0.169.0). */
const PLAN = 'codex';
/** How Codex 0.169.0 begins to tell that the model cannot be reached; anything else was said by the model's provider. */
const NETWORK =
  /^(?:reconnecting|stream disconnected|connection failed|error sending request|(?:request )?timeout|timed out)/i;
/** What Codex 0.169.0 says of a limit that is reached, where it knows when that ends. */
const TRY_AGAIN = /\btry again (?:at|in|on) [^.]+/i;

/** What a person should know of a conversation that goes on, told once until it is over. */
export class Notices {
  readonly #tell: (notice: SessionNotice) => void;
  readonly #told = new Set<SessionNotice['kind']>();
  #thread: string | null = null;
  /** The turn that runs or ran last. */
  #turn: string | null = null;
  /** The turn in which a limit was reached: that one may well come to its end. */
  #spentIn: string | null = null;

  constructor(tell: (notice: SessionNotice) => void) {
    this.#tell = tell;
  }

  /** @param thread the conversation that is talked to */
  notified({ method, params }: Notification, thread: string | null): void {
    if (thread !== this.#thread) this.#told.delete('context-full');
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
    this.#told.delete('context-full');
    this.#tell({ kind: 'compacted', ...conversation.compacted });
  }

  /** An update has what its answer had; what it does not have stays as it was. */
  #limits({ limitId, primary, secondary, credits }: RateLimits): void {
    if (!(primary || secondary) || (limitId ?? PLAN) !== PLAN) return;
    const spent = [primary, secondary].filter((window) => (window?.usedPercent ?? 0) >= SPENT_PERCENT);
    if (spent.length === 0 || credits?.hasCredits || credits?.unlimited) this.#over(['usage-limit']);
    else {
      const resetsAt = Math.max(...spent.map((window) => window?.resetsAt ?? 0));
      this.#limitReached(resetsAt > 0 ? limitReset(resetsAt) : '');
    }
  }

  /** @param more when it ends, or why; '' when nobody says so */
  #limitReached(more: string): void {
    this.#spentIn = this.#turn;
    this.#once({ kind: 'usage-limit', ...conversation.limitReached(more) });
  }

  #failed(error: TurnError, willRetry: boolean): void {
    const kind = failureKind(error);
    // What Codex 0.169.0 counts after that is not what is used, and the failure says it already.
    if (kind === 'contextWindowExceeded') this.#told.add('context-full');
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

  /** These hinder no more. */
  #over(kinds: readonly SessionNotice['kind'][]): void {
    const over = kinds.filter((kind) => this.#told.delete(kind));
    if (over.length > 0) this.#tell({ kind: 'recovered', ...conversation.recovered });
  }

  #once(notice: SessionNotice): void {
    if (this.#told.has(notice.kind)) return;
    this.#told.add(notice.kind);
    this.#tell(notice);
  }
}

function whyLimited(message: string): string {
  const line = plainLine(message);
  const [again] = TRY_AGAIN.exec(line) ?? [];
  return again === undefined ? `(${line})` : `${again.charAt(0).toUpperCase()}${again.slice(1)}.`;
}
