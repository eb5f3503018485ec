import { FUNCTION_WORDS } from '../../../src/vocabulary/cues.ts';
import { heardWords } from '../../../src/vocabulary/matching/heard-words.ts';
import type { TermIndex } from '../../../src/vocabulary/matching/index-terms.ts';
import { likeness } from '../../../src/vocabulary/sounds.ts';
import type { Term } from '../../../src/vocabulary/vocabulary.ts';

/** Each word of the prompt costs time, and more of them help less: docs/vocabulary.md. */
const MOST_TERMS = 5;
const MOST_WORDS = 5;
/** Less alike than this is another word. */
const LEAST_LIKE = 0.68;
/** Short words sound like many others. */
const LEAST_LETTERS = 5;
const MOST_ALIKE = 2;
/** Any two names are about so alike; from this length on, in sounds, more of them say nothing more. */
const CHANCE = 0.45;
const LONG = 16;

/** How programmers speak of names: Whisper writes on in the manner of what came before. */
const SENTENCES = [
  (first: string, second?: string) => (second ? `Look at ${first} and ${second}.` : `Look at ${first}.`),
  (first: string, second?: string) =>
    second ? `Why does ${first} call ${second}?` : `Why does ${first} fail?`,
  (first: string, second?: string) => (second ? `Rename ${first} to ${second}.` : `Open ${first}.`),
  (first: string, second?: string) => (second ? `Use ${first} instead of ${second}.` : `Test ${first}.`),
];

/** A few natural sentences with these words, as Whisper's initial prompt; undefined for none. */
export function promptWith(terms: readonly string[]): string | undefined {
  if (terms.length === 0) return undefined;
  const sentences: string[] = [];
  for (let at = 0; at < terms.length; at += 2) {
    const [first = '', second] = terms.slice(at, at + 2);
    sentences.push(SENTENCES[(at / 2) % SENTENCES.length]?.(first, second) ?? '');
  }
  return sentences.join(' ');
}

/** Limits of the choice, to be tuned. */
export interface ChoiceLimits {
  terms: number;
  /** 0 to 1. */
  like: number;
}
const LIMITS: ChoiceLimits = { terms: MOST_TERMS, like: LEAST_LIKE };

/**
 * The terms that sound like something in a text as it was heard so far, the most alike last: Whisper minds the end. Of
 * those that sound like the same words only the likeliest two.
 */
export function soundingAlike(text: string, index: TermIndex, limits: ChoiceLimits = LIMITS): Term[] {
  const found: Sounding[] = [];
  const words = heardWords(text);
  for (let from = 0; from < words.length; from += 1) {
    if (FUNCTION_WORDS.has(words[from]?.key ?? '')) continue;
    let sounds = '';
    let key = '';
    for (let to = from; to < Math.min(words.length, from + MOST_WORDS); to += 1) {
      const word = words[to];
      if (!word) break;
      if (word.sign === null) {
        sounds += word.sounds;
        key += word.key;
      }
      for (const { term, key: said, sounds: own, compound } of [
        ...index.withKey(key),
        ...index.alike(sounds),
      ]) {
        if (!compound && said.length < LEAST_LETTERS) continue;
        const like = said === key ? 1 : likeness(sounds, own);
        // Longer names are seldom alike by chance, and say more than their parts.
        const score = (like - CHANCE) * Math.min(LONG, own.length) + 0.1 * term.weight;
        if (like >= limits.like) found.push({ term, score, from, to });
      }
      if (word.stops) break;
    }
  }
  const chosen: Sounding[] = [];
  for (const each of found.toSorted((a, b) => b.score - a.score)) {
    if (chosen.length >= limits.terms) break;
    if (chosen.some(({ term }) => term === each.term)) continue;
    if (chosen.filter((other) => other.from <= each.to && each.from <= other.to).length >= MOST_ALIKE)
      continue;
    chosen.push(each);
  }
  return chosen.map(({ term }) => term).toReversed();
}

interface Sounding {
  term: Term;
  score: number;
  /** The first and the last word of what it sounds like. */
  from: number;
  to: number;
}
