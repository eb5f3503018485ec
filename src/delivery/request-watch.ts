import type { PendingRequest } from '../agent/requests.ts';
import type { Fact, Publisher } from '../facts.ts';

interface RequestWatchParts {
  /** `[approvals] remind_seconds`. */
  remindSeconds: () => number;
  bus: Publisher;
}

/** Reminds the user of waiting requests. Time never decides a request. */
export class RequestWatch {
  readonly #parts: RequestWatchParts;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(parts: RequestWatchParts) {
    this.#parts = parts;
  }

  learn(fact: Fact): void {
    if (fact.type === 'requested') this.#remindLater(fact.request);
    if (fact.type === 'resolved') this.#forget(fact.request);
  }

  close(): void {
    for (const id of this.#timers.keys()) this.#forget(id);
  }

  #remindLater(request: PendingRequest): void {
    this.#forget(request.id);
    const timer = setTimeout(() => {
      this.#remindLater(request);
      this.#parts.bus.publish({ type: 'reminded', request });
    }, this.#parts.remindSeconds() * 1_000);
    this.#timers.set(request.id, timer.unref());
  }

  #forget(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }
}
