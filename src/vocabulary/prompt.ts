import { FUNCTION_WORDS } from './cues.ts';
import { heardWords } from './heard-words.ts';
import type { Entry, TermIndex } from './index-terms.ts';
import { likeness } from './sounds.ts';
import type { Term } from './vocabulary.ts';

/** Each word of the prompt costs time, and more of them help less: ../../docs/vocabulary.md. */
const MOST_TERMS = 8;
const MOST_WORDS = 5;
/** Less alike than this is another word. */
const LEAST_LIKE = 0.6;

/** How programmers speak of names: Whisper writes on in the manner of what came before. */
const SENTENCES = [
  (first: string, second?: string) => (second ? `Look at ${first} and ${second}.` : `Look at ${first}.`),
  (first: string, second?: string) => (second ? `Why does ${first} call ${second}?` : `Why does ${first} fail?`),
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

/** The terms that sound like something in a text as it was heard so far, the most alike last: Whisper minds the end. */
export function soundingAlike(text: string, index: TermIndex): Term[] {
  const best = new Map<string, { term: Term; score: number }>();
  const words = heardWords(text);
  for (let from = 0; from < words.length; from += 1) {
    let sounds = '';
    let key = '';
    for (const word of words.slice(from, from + MOST_WORDS)) {
      if (FUNCTION_WORDS.has(words[from]?.key ?? '')) break;
      if (word.sign === null) {
        sounds += word.sounds;
        key += word.key;
      }
      let here: { term: Term; score: number } | null = null;
      for (const entry of [...index.withKey(key), ...index.alike(sounds)]) {
        const score = scoreOf(entry, key, sounds);
        if (score >= LEAST_LIKE && (!here || score > here.score)) here = { term: entry.term, score };
      }
      if (here && here.score > (best.get(here.term.written)?.score ?? 0)) best.set(here.term.written, here);
      if (word.stops) break;
    }
  }
  const ranked = [...best.values()].toSorted((a, b) => b.score - a.score).slice(0, MOST_TERMS);
  return ranked.map(({ term }) => term).toReversed();
}

/** Longer names are seldom alike by chance. */
function scoreOf({ key, sounds, term, compound }: Entry, heard: string, heardSounds: string): number {
  if (!compound && key.length < 4) return 0;
  const alike = key === heard ? 1 : likeness(heardSounds, sounds);
  return alike + 0.05 * term.weight + 0.01 * Math.min(10, sounds.length);
}
