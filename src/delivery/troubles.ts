import type { SessionStatus } from '../agent/session.ts';
import type { ErrorCode } from '../errors.ts';
import type { Fact, Publisher, TroubledPart } from '../facts.ts';

/** Remembers which errors were shown, and clears them when the part works again. */
export class Troubles {
  readonly #bus: Publisher;
  readonly #told = new Set<ErrorCode>();

  constructor(bus: Publisher) {
    this.#bus = bus;
  }

  learn(fact: Fact): void {
    switch (fact.type) {
      case 'trouble':
        this.#told.add(fact.error.code);
        return;
      case 'heard':
        if (fact.utterance.transcript !== null) this.#clear(['microphone', 'model', 'engine']);
        return;
      case 'session':
        this.#session(fact.status);
        return;
      case 'works':
        this.#clear(fact.parts);
        return;
    }
  }

  /** A session that cannot recover by itself is reported once. */
  #session({ state, reason }: SessionStatus): void {
    if (state === 'idle') this.#clear(['codex', 'directory']);
    if (reason && (state === 'down' || state === 'waiting') && !this.#told.has(reason.code)) {
      this.#bus.publish({ type: 'trouble', error: reason });
    }
  }

  #clear(parts: readonly TroubledPart[]): void {
    for (const code of this.#told) {
      if (!parts.some((part) => code.startsWith(`${part}-`))) continue;
      this.#told.delete(code);
      this.#bus.publish({ type: 'cleared', code });
    }
  }
}
