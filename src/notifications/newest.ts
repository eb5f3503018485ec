/**
 * Works on one item at a time, and only on the newest: an item that is pushed during the work replaces the one that
 * waits. All callers get the result of the item that was used.
 */
export class Newest<T> {
  readonly #work: (item: T) => Promise<boolean>;
  #next: { item: T; done: ((ok: boolean) => void)[] } | null = null;
  #busy = false;

  /** @param work must not reject */
  constructor(work: (item: T) => Promise<boolean>) {
    this.#work = work;
  }

  get busy(): boolean {
    return this.#busy;
  }

  push(item: T): Promise<boolean> {
    return new Promise((resolve) => {
      this.#next = { item, done: [...(this.#next?.done ?? []), resolve] };
      if (!this.#busy) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#next) {
      const { item, done } = this.#next;
      this.#next = null;
      const ok = await this.#work(item);
      if (!this.#next) this.#busy = false;
      for (const resolve of done) resolve(ok);
    }
  }
}
