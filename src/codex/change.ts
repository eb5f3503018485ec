/** Node ends a longer timer at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Wakes waiting code to check its condition again. */
export class Change {
  readonly #waiting = new Set<() => void>();

  notify(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Resolves at the next notification or after `ms`. @throws the signal's reason */
  async next(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = (): void => reject(signal?.reason);
    const timer = setTimeout(resolve, Math.min(ms, MAX_TIMER_MS));
    signal?.addEventListener('abort', abort, { once: true });
    this.#waiting.add(resolve);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      this.#waiting.delete(resolve);
    }
  }

  /**
   * Waits until the condition returns something other than null; returns null after `ms`. @throws what the condition
   * throws
   */
  async until<T>(condition: () => T | null, ms: number, signal?: AbortSignal): Promise<T | null> {
    const deadline = performance.now() + ms;
    for (;;) {
      const found = condition();
      const left = deadline - performance.now();
      if (found !== null || left <= 0) return found;
      await this.next(left, signal);
    }
  }
}
