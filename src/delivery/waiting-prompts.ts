import type { Journal } from '../journal/journal.ts';
import type { LiveUtterance } from '../journal/live-utterance.ts';

/** Waiting prompts of one project, in the order in which they are sent. A changed order survives a crash. */
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

  /** Adds a prompt at the end. Prompts without a place in the journal keep the order in which they were heard. */
  add(live: LiveUtterance): void {
    this.#all.push(live);
  }

  /**
   * Begins a prompt and puts it before all others, in one commit.
   * @param begin creates it in the journal
   * @param current the prompt in progress: after a crash it returns to the front of the queue
   * @throws VoiceError journal-failed
   */
  begin(begin: () => LiveUtterance, current: LiveUtterance | null): LiveUtterance {
    const begun: LiveUtterance[] = [];
    this.#journal.together(() => {
      begun.push(begin());
      const order = [...(current ? [current] : []), ...begun, ...this.#all].map(({ id }) => id);
      this.#journal.queue((queue) => queue.order(order));
    });
    this.#all = [...begun, ...this.#all];
    return begun[0] as LiveUtterance;
  }

  /** Removes and returns the next prompt. */
  next(): LiveUtterance | undefined {
    return this.#all.shift();
  }

  remove(live: LiveUtterance): void {
    this.#all = this.#all.filter((each) => each !== live);
  }

  /**
   * Moves a prompt, or adds it, to a position; 1 is the first.
   * @param current the prompt in progress: after a crash it returns to the front of the queue
   */
  place(live: LiveUtterance, position: number, current: LiveUtterance | null): void {
    const others = this.#all.filter((each) => each !== live);
    others.splice(Math.max(0, position - 1), 0, live);
    const order = [...(current ? [current] : []), ...others].map(({ id }) => id);
    this.#journal.together(() => this.#journal.queue((queue) => queue.order(order)));
    this.#all = others;
  }
}
