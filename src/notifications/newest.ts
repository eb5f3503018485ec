/**
 * Work on one thing at a time, in the newest version alone: what is pushed while it runs replaces what waits, and
 * everybody who pushed hears how the version that was used ended.
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
