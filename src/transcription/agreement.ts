/**
 * Finds the words of a growing text that will stay: those at its beginning on which two hypotheses in a row agree (local
 * agreement), but for the last word, which may be half spoken. A word that was agreed on is kept, even when a later
 * hypothesis differs.
 */
export class Agreement {
  #agreed: string[] = [];
  #latest: string[] = [];

  /**
   * Adds the next hypothesis for everything said so far.
   * @returns the text to show, and the number of UTF-16 units at its beginning that will not change any more
   */
  add(hypothesis: string): { text: string; stable: number } {
    const words = hypothesis.split(/\s+/u).filter((word) => word !== '');
    const differs = words.findIndex((word, index) => plain(word) !== plain(this.#latest[index] ?? ''));
    const whole = Math.min(words.length, this.#latest.length) - 1;
    const common = Math.min(differs === -1 ? words.length : differs, Math.max(0, whole));
    this.#agreed.push(...words.slice(this.#agreed.length, common));
    this.#latest = words;
    const agreed = this.#agreed.join(' ');
    const text = [...this.#agreed, ...words.slice(this.#agreed.length)].join(' ');
    return { text, stable: agreed.length };
  }
}

/** Case and punctuation depend on what follows. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '') || word;
}
