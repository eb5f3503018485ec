import { EventEmitter, once } from 'node:events';
import type { Fact } from '../facts.ts';
import type { Utterance } from '../utterance.ts';

/** Lets requests wait for the end of an utterance. */
export class EndedUtterances {
  readonly #ends = new EventEmitter();

  constructor() {
    this.#ends.setMaxListeners(0);
  }

  /** Number of requests that wait. */
  get waiting(): number {
    // `once` of node:events also listens for errors.
    const ids = this.#ends.eventNames().filter((name) => name !== 'error');
    return ids.reduce((sum, id) => sum + this.#ends.listenerCount(id), 0);
  }

  learn(fact: Fact): void {
    if (fact.type === 'ended') this.#ends.emit(endOf(fact.utterance.id), fact.utterance);
  }

  /**
   * Resolves with the record of an utterance when it has ended.
   * @param look reads the current record
   * @throws AbortError when the signal aborts first; what `look` throws
   */
  async ended(id: string, look: () => Utterance | null, signal: AbortSignal): Promise<Utterance> {
    const over = new AbortController();
    // Before the look, so that an end in between is not missed.
    const waiting = once(this.#ends, endOf(id), { signal: AbortSignal.any([signal, over.signal]) });
    waiting.catch(() => undefined); // It is aborted when the look is enough.
    try {
      const now = look();
      if (now !== null && !['listening', 'heard', 'accepted'].includes(now.state)) return now;
      const [record] = (await waiting) as [Utterance];
      return record;
    } finally {
      over.abort();
    }
  }
}

/** An event name with a prefix, because EventEmitter treats `error` specially. */
function endOf(id: string): string {
  return `end:${id}`;
}
