/** A logit this far below the highest adds less than 1e-4 to the sum of 50,257, nats. */
const NEGLIGIBLE = 20;

/** The relevant parts of a row of logits: the best tokens, and what makes a logit a log probability. */
interface Row {
  /** Tokens of the highest logits, best first. */
  readonly tokens: Int32Array;
  /** Subtracted from a logit, it gives the log probability. */
  logSum: number;
  /** Log probability of the best token. */
  best: number;
}

/** Judges rows of logits without making garbage: 50,257 numbers are read twice, and few of them are exponentiated. */
export class RowReader {
  readonly #row: Row;
  readonly #values: Float64Array;

  /** @param keep how many of the best tokens are wanted */
  constructor(keep: number) {
    this.#row = { tokens: new Int32Array(keep), logSum: 0, best: 0 };
    this.#values = new Float64Array(keep);
  }

  /**
   * Judges `length` logits from `offset` on. What it returns is valid until the next call.
   * @param suppressed tokens that must not come; their logits are set to -infinity
   */
  read(logits: Float32Array, offset: number, length: number, suppressed: readonly number[] = []): Row {
    for (const token of suppressed) logits[offset + token] = Number.NEGATIVE_INFINITY;
    const { tokens } = this.#row;
    const values = this.#values.fill(Number.NEGATIVE_INFINITY);
    const last = values.length - 1;
    let least = Number.NEGATIVE_INFINITY;
    for (let token = 0; token < length; token += 1) {
      const logit = logits[offset + token] as number;
      if (logit <= least) continue;
      let place = last;
      for (; place > 0 && (values[place - 1] as number) < logit; place -= 1) {
        values[place] = values[place - 1] as number;
        tokens[place] = tokens[place - 1] as number;
      }
      values[place] = logit;
      tokens[place] = token;
      least = values[last] as number;
    }
    const highest = values[0] as number;
    const floor = highest - NEGLIGIBLE;
    let sum = 0;
    for (let index = offset; index < offset + length; index += 1) {
      const logit = logits[index] as number;
      if (logit > floor) sum += Math.exp(logit - highest);
    }
    this.#row.logSum = highest + Math.log(sum);
    this.#row.best = highest - this.#row.logSum;
    return this.#row;
  }
}
