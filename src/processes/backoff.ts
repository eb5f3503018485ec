/** Growing pauses between restarts: 0, 100, 200, 400 ... at most 5,000 ms; back to 0 after a quiet minute. */
export class Backoff {
  #failures = 0;
  #last = Number.NEGATIVE_INFINITY;

  /** Failures in a row, each within a minute of the one before. */
  get failures(): number {
    return this.#failures;
  }

  /** Counts a failure and says how long to wait, ms. */
  next(now = performance.now()): number {
    if (now - this.#last > 60_000) this.#failures = 0;
    this.#last = now;
    this.#failures += 1;
    return this.#failures === 1 ? 0 : Math.min(5_000, 100 * 2 ** (this.#failures - 2));
  }

  reset(): void {
    this.#failures = 0;
  }
}
