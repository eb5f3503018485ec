/** Keys and values of the decoder's layers, each as its own block. */
const BLOCKS = 8;
const HEADS = 6;
const HEAD_SIZE = 64;
/** Buffers beyond this are given back after a sound, numbers: 8 MB. */
const MOST_KEPT = 2_097_152;

/** The shape of a cache, as the decoder's network wants it. */
type CacheShape = readonly [blocks: 8, texts: number, heads: 6, tokens: number, size: 64];

/**
 * The state of the decoder's network for each text. Two buffers take turns: the network reads one and writes the other,
 * so that no step makes garbage.
 */
export class Cache {
  #texts = 1;
  #tokens = 0;
  #current: Float32Array = new Float32Array(0);
  #other: Float32Array = new Float32Array(0);

  /** Tokens in each text. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Begins a new text without tokens. */
  clear(): void {
    [this.#texts, this.#tokens] = [1, 0];
    if (this.#current.length > MOST_KEPT) this.#current = new Float32Array(0);
    if (this.#other.length > MOST_KEPT) this.#other = new Float32Array(0);
  }

  /** Returns what is remembered: the input of the network. */
  get past(): { data: Float32Array; shape: CacheShape } {
    return {
      data: this.#current.subarray(0, sizeOf(this.#texts, this.#tokens)),
      shape: this.#shape(this.#tokens),
    };
  }

  /** Returns where the network writes what it remembers after `added` more tokens; call advance() when it has. */
  future(added: number): { data: Float32Array; shape: CacheShape } {
    const tokens = this.#tokens + added;
    return { data: this.#room(sizeOf(this.#texts, tokens)), shape: this.#shape(tokens) };
  }

  /** Takes over what the network wrote into future(). */
  advance(added: number): void {
    this.#swap();
    this.#tokens += added;
  }

  /** Replaces the texts: the next text i is what text parents[i] is. */
  fork(parents: readonly number[]): void {
    if (parents.length === this.#texts && parents.every((parent, index) => parent === index)) return;
    const size = HEADS * this.#tokens * HEAD_SIZE;
    const to = this.#room(BLOCKS * parents.length * size);
    for (let block = 0; block < BLOCKS; block += 1) {
      for (const [index, parent] of parents.entries()) {
        const from = (block * this.#texts + parent) * size;
        to.set(this.#current.subarray(from, from + size), (block * parents.length + index) * size);
      }
    }
    this.#swap();
    this.#texts = parents.length;
  }

  /** Forgets what comes after the first tokens. */
  cut(tokens: number): void {
    if (tokens >= this.#tokens) return;
    const [before, after] = [this.#tokens * HEAD_SIZE, tokens * HEAD_SIZE];
    // Only ever to the left: it can stay in its buffer.
    for (let head = 0; head < BLOCKS * this.#texts * HEADS; head += 1) {
      this.#current.copyWithin(head * after, head * before, head * before + after);
    }
    this.#tokens = tokens;
  }

  #shape(tokens: number): CacheShape {
    return [BLOCKS, this.#texts, HEADS, tokens, HEAD_SIZE];
  }

  #room(size: number): Float32Array {
    // Twice as much as is needed now: the next steps need more.
    if (this.#other.length < size) this.#other = new Float32Array(size * 2);
    return this.#other.subarray(0, size);
  }

  #swap(): void {
    [this.#current, this.#other] = [this.#other, this.#current];
  }
}

function sizeOf(texts: number, tokens: number): number {
  return BLOCKS * texts * HEADS * tokens * HEAD_SIZE;
}
