/**
 * Judges which token comes next in one sound. It remembers the texts that it was given so far: several of equal length,
 * each with the same number of tokens.
 */
export interface Decoder {
  /** Logits in a row: one for each token of the vocabulary. */
  readonly rowLength: number;
  /**
   * Appends tokens to each text.
   * @param tokens as many for each text, one text after the other
   * @param texts how many there are; one before the first fork()
   * @returns a row of logits after each token, in the same order; valid until the next call
   */
  append(tokens: readonly number[], texts: number): Promise<Float32Array>;
  /** Replaces the texts: the next text i is what text parents[i] is. */
  fork(parents: readonly number[]): void;
  /** Forgets what comes after the first tokens of each text. @param length tokens that stay */
  cut(length: number): void;
}
