/** Sound as it comes in, in one growing buffer. */
export class Recording {
  #samples = new Float32Array(1 << 16);
  #length = 0;

  /** Samples so far. */
  get length(): number {
    return this.#length;
  }

  append(samples: Float32Array): void {
    const needed = this.#length + samples.length;
    if (needed > this.#samples.length) {
      const larger = new Float32Array(Math.max(needed, this.#samples.length * 2));
      larger.set(this.#samples.subarray(0, this.#length));
      this.#samples = larger;
    }
    this.#samples.set(samples, this.#length);
    this.#length = needed;
  }

  /** A copy of the samples from `start` to before `end`, as far as they exist. */
  slice(start: number, end: number): Float32Array {
    return this.#samples.slice(Math.max(0, start), Math.max(0, Math.min(end, this.#length)));
  }
}
