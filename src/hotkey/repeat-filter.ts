/**
 * GNOME repeats the command of a key that is held after 500 ms, then 30 times a second (43). On a busy machine a command
 * starts some hundred ms late; ms.
 */
const REPEAT_MS = 1_000;

/** What a binding of the desktop can ask for. */
export type BoundKey = 'press' | 'release' | 'toggle' | 'cancel';

/** Tells a new press from the repeats of a key that is held, where the desktop runs a command for each of them. */
export class RepeatFilter {
  readonly #last = new Map<BoundKey, number>();

  /**
   * Returns false for a repeat: the same comes again within a second of the last one, and there was no release.
   * @param at ms of any monotonic clock
   */
  accepts(key: BoundKey, at: number): boolean {
    if (key === 'release') {
      this.#last.clear();
      return true;
    }
    const last = this.#last.get(key) ?? Number.NEGATIVE_INFINITY;
    this.#last.set(key, at);
    return at - last > REPEAT_MS;
  }
}
