import { setImmediate as nextTurn } from 'node:timers/promises';
import { isCompound } from '../parts.ts';
import { pronounced } from '../pronounced.ts';
import { skeletonOf, soundsOf } from '../sounds.ts';
import type { Term, Vocabulary } from '../vocabulary.ts';

/** One way to say a term. */
export interface Entry {
  term: Term;
  /** The letters and digits that are said, without spaces: `getuserbyid`. */
  key: string;
  sounds: string;
  /** Dots that are said. */
  dots: number;
  compound: boolean;
}

/** Names with fewer kinds of consonants sound like too many other things. */
const SHORTEST_SKELETON = 3;
/** Share of the longer skeleton's pairs that both must have, and number of the best entries that are compared. */
const LEAST_COMMON = 0.45;
const MOST_ALIKE = 40;

/** Terms that are taken in at once, in 1 to 3 ms: what else happens need not wait for all of them. */
const SLICE = 50;

/** The terms of a project, to be looked up by letters and by sound. */
export class TermIndex {
  readonly #byKey = new Map<string, Entry[]>();
  readonly #entries: { entry: Entry; pairs: number }[] = [];
  /** Which entries have this pair of neighbours in their skeleton. */
  readonly #byPair = new Map<string, number[]>();
  /** For each entry, the number of common pairs; zeros between two calls. */
  #common = new Uint8Array(0);
  readonly #written = new Set<string>();

  constructor({ terms }: Vocabulary = { terms: [] }) {
    for (const term of terms) this.#add(term);
  }

  /** The same, a little at a time. */
  static async of({ terms }: Vocabulary): Promise<TermIndex> {
    const index = new TermIndex();
    for (let at = 0; at < terms.length; at += SLICE) {
      for (const term of terms.slice(at, at + SLICE)) index.#add(term);
      await nextTurn();
    }
    return index;
  }

  /** True when the text is exactly a name, and has more than one word. */
  isName(text: string): boolean {
    return this.#written.has(text);
  }

  /** Those of exactly these letters and digits, the likeliest first. */
  withKey(key: string): readonly Entry[] {
    return this.#byKey.get(key) ?? [];
  }

  /** Those whose consonants are for the most part of the same kinds and beside each other, the most alike first. */
  alike(sounds: string): Entry[] {
    const skeleton = skeletonOf(sounds);
    if (skeleton.length < SHORTEST_SKELETON) return [];
    if (this.#common.length < this.#entries.length) this.#common = new Uint8Array(this.#entries.length);
    const common = this.#common;
    const touched: number[] = [];
    const pairs = pairsOf(skeleton);
    for (const pair of pairs) {
      for (const id of this.#byPair.get(pair) ?? []) {
        if (common[id] === 0) touched.push(id);
        common[id] = (common[id] ?? 0) + 1;
      }
    }
    const found: { entry: Entry; share: number }[] = [];
    for (const id of touched) {
      const candidate = this.#entries[id];
      if (!candidate) continue;
      const share = (common[id] ?? 0) / Math.max(pairs.size, candidate.pairs);
      if (share >= LEAST_COMMON) found.push({ entry: candidate.entry, share });
      common[id] = 0;
    }
    found.sort((a, b) => b.share - a.share);
    return found.slice(0, MOST_ALIKE).map(({ entry }) => entry);
  }

  #add(term: Term): void {
    const compound = isCompound(term.written);
    if (compound) this.#written.add(term.written);
    const dots = term.written.split('.').length - 1;
    for (const words of pronounced(term.written)) {
      const entry = { term, key: words.join(''), sounds: words.map(soundsOf).join(''), dots, compound };
      if (entry.key.length < 2) continue;
      push(this.#byKey, entry.key, entry);
      const skeleton = skeletonOf(entry.sounds);
      if (skeleton.length < SHORTEST_SKELETON) continue;
      const pairs = pairsOf(skeleton);
      for (const pair of pairs) push(this.#byPair, pair, this.#entries.length);
      this.#entries.push({ entry, pairs: pairs.size });
    }
  }
}

/** The neighbours in a skeleton, its beginning and its end among them. */
function pairsOf(skeleton: string): Set<string> {
  const bounded = `^${skeleton}$`;
  const pairs = new Set<string>();
  for (let index = 1; index < bounded.length; index += 1) pairs.add(bounded.slice(index - 1, index + 1));
  return pairs;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
