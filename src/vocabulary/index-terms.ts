import { isCompound } from './parts.ts';
import { pronounced } from './pronounced.ts';
import { skeletonOf, soundsOf } from './sounds.ts';
import type { Term, Vocabulary } from './vocabulary.ts';

/** One way to say a term. */
export interface Entry {
  term: Term;
  /** The letters and digits that are said, without blanks: `getuserbyid`. */
  key: string;
  sounds: string;
  /** Dots that are said. */
  dots: number;
  compound: boolean;
}

/** Names with fewer kinds of consonants sound like too many other things. */
const SHORTEST_SKELETON = 3;
/** From here on one of them may have been misheard. */
const SHORTEST_WITH_SLIP = 5;

/** The terms of a project, to be looked up by letters and by sound. */
export class TermIndex {
  readonly #byKey = new Map<string, Entry[]>();
  readonly #bySkeleton = new Map<string, Entry[]>();
  readonly #written = new Set<string>();

  constructor({ terms }: Vocabulary) {
    for (const term of terms) this.#add(term);
  }

  /** Is it the name itself, and more than one word? */
  isName(text: string): boolean {
    return this.#written.has(text);
  }

  /** Those of exactly these letters and digits, the likeliest first. */
  withKey(key: string): readonly Entry[] {
    return this.#byKey.get(key) ?? [];
  }

  /** Those whose consonants are of the same kinds in the same order, but for one in longer ones. */
  alike(sounds: string): Iterable<Entry> {
    const skeleton = skeletonOf(sounds);
    if (skeleton.length < SHORTEST_SKELETON) return [];
    const found = new Set<Entry>();
    for (const key of variants(skeleton)) {
      for (const entry of this.#bySkeleton.get(key) ?? []) found.add(entry);
    }
    return found;
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
      for (const key of variants(skeleton)) push(this.#bySkeleton, key, entry);
    }
  }
}

/** Itself, and where it is long enough, itself without one of its letters: Garbe's symmetric delete (2012). */
function variants(skeleton: string): Set<string> {
  const all = new Set([skeleton]);
  if (skeleton.length < SHORTEST_WITH_SLIP) return all;
  for (let index = 0; index < skeleton.length; index += 1) {
    all.add(skeleton.slice(0, index) + skeleton.slice(index + 1));
  }
  return all;
}

function push(map: Map<string, Entry[]>, key: string, entry: Entry): void {
  const entries = map.get(key);
  if (entries) entries.push(entry);
  else map.set(key, [entry]);
}
