/**
 * Events for one consumer as an async iterable. Events that are pushed before it listens are kept. A second iterator is
 * refused, because it would take events from the first.
 */
export class EventQueue<T> implements AsyncIterable<T> {
  #items: T[] = [];
  #wake: (() => void) | null = null;
  #closed = false;
  #failure: Error | null = null;
  #taken = false;

  /** Adds an event; ignored after close. */
  push(item: T): void {
    if (this.#closed) return;
    this.#items.push(item);
    this.#wake?.();
  }

  /** Ends the iteration after the remaining events. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** Ends the iteration with an error after the remaining events; ignored after close. */
  fail(error: Error): void {
    if (this.#closed) return;
    this.#failure = error;
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    if (this.#taken) throw new Error('an event queue has one consumer');
    this.#taken = true;
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) {
        yield item;
        continue;
      }
      if (this.#failure !== null) throw this.#failure;
      if (this.#closed) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }
}
