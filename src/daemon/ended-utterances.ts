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
    // `once` of node:events listens for errors, too.
    const ids = this.#ends.eventNames().filter((name) => name !== 'error');
    return ids.reduce((sum, id) => sum + this.#ends.listenerCount(id), 0);
  }

  learn(fact: Fact): void {
    if (fact.type === 'ended') this.#ends.emit(endOf(fact.utterance.id), fact.utterance);
  }

  /**
   * Resolves with the record of an utterance that has ended, now or later.
   * @param look reads the record as it is now
   * @throws AbortError when the signal aborts first; what `look` throws
   */
  async ended(id: string, look: () => Utterance | null, signal: AbortSignal): Promise<Utterance> {
    const over = new AbortController();
    // Before the look: an end between the two would be missed.
    const waiting = once(this.#ends, endOf(id), { signal: AbortSignal.any([signal, over.signal]) });
    waiting.catch(() => undefined); // Where the look is enough, the wait ends by abort.
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

/** An event of its own name, since `error` has a meaning to EventEmitter. */
function endOf(id: string): string {
  return `end:${id}`;
}
