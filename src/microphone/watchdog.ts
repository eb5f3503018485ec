/** Calls `onSilence` once when `feed` was not called for a while. */
export class Watchdog {
  readonly #within: number;
  readonly #onSilence: () => void;
  #timer: NodeJS.Timeout;
  #fed = 0;

  /**
   * @param first ms until the first feed
   * @param within ms between two of them
   */
  constructor(first: number, within: number, onSilence: () => void) {
    this.#within = within;
    this.#onSilence = onSilence;
    this.#timer = setTimeout(() => this.#expire(), first);
  }

  feed(): void {
    this.#fed += 1;
    if (this.#fed > 1) {
      this.#timer.refresh();
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#expire(), this.#within);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Timers run before input: after a blocked event loop there may be sound that only waits to be read. */
  #expire(): void {
    const before = this.#fed;
    setImmediate(() => {
      if (this.#fed === before) this.#onSilence();
    });
  }
}
