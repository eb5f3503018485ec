import type { Journal } from '../journal/journal.ts';
import type { LiveUtterance } from '../journal/live-utterance.ts';

/** Prompts of one project that wait for their turn, in the order in which they are sent; an order survives a crash. */
export class WaitingPrompts {
  readonly #journal: Journal;
  #all: LiveUtterance[] = [];

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get all(): readonly LiveUtterance[] {
    return this.#all;
  }

  find(id: string): LiveUtterance | undefined {
    return this.#all.find((live) => live.id === id);
  }

  /** Behind all others: what has no place in the journal comes in the order in which it was heard. */
  add(live: LiveUtterance): void {
    this.#all.push(live);
  }

  /** The next one, which waits no more. */
  next(): LiveUtterance | undefined {
    return this.#all.shift();
  }

  remove(live: LiveUtterance): void {
    this.#all = this.#all.filter((each) => each !== live);
  }

  /**
   * Puts one to a place of its own, 1 for the first, whether it was here or not.
   * @param current what is under way: a crash gives it back to the queue, before all others
   */
  place(live: LiveUtterance, position: number, current: LiveUtterance | null): void {
    const others = this.#all.filter((each) => each !== live);
    others.splice(Math.max(0, position - 1), 0, live);
    const order = [...(current ? [current] : []), ...others].map(({ id }) => id);
    this.#journal.together(() => this.#journal.queue((queue) => queue.order(order)));
    this.#all = others;
  }
}
