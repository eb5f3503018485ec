/** Growing pauses between restarts: 0, 100, 200, 400 ... at most 5,000 ms. A minute without failures resets them. */
export class Backoff {
  #failures = 0;
  #last = Number.NEGATIVE_INFINITY;

  /** Consecutive failures, each within a minute of the one before. */
  get failures(): number {
    return this.#failures;
  }

  /** Counts a failure and returns the pause before the next try, ms. */
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
