import type { Logger } from 'pino';
import type { PendingRequest } from '../codex/codex.ts';
import { unattended } from '../platform/unattended.ts';
import type { SpokenAnswers } from './spoken-answers.ts';

export interface RequestWatchParts {
  /** `[approvals] remind_seconds`. */
  remindSeconds: () => number;
  /** Shows a request again. */
  remind: (id: string) => void;
  spoken: Pick<SpokenAnswers, 'readOut' | 'resolved'>;
  logger: Logger;
}

/** Requests while they wait: read aloud where that is wanted, and shown again from time to time. */
export class RequestWatch {
  readonly #parts: RequestWatchParts;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(parts: RequestWatchParts) {
    this.#parts = parts;
  }

  /** Codex has asked. */
  announced(request: PendingRequest): void {
    this.#remindLater(request);
    this.#parts.spoken.readOut(request);
  }

  /** @param id of a request that waits no more */
  resolved(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#parts.spoken.resolved(id);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Time reminds; it never decides. */
  #remindLater(request: PendingRequest): void {
    clearTimeout(this.#timers.get(request.id));
    const timer = setTimeout(() => {
      unattended(this.#parts.logger, 'the reminder of a request', () => this.#parts.remind(request.id));
      unattended(this.#parts.logger, 'the reading out of a request', () => this.announced(request));
    }, this.#parts.remindSeconds() * 1_000);
    this.#timers.set(request.id, timer.unref());
  }
}
