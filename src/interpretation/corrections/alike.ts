import { FUNCTION_WORDS } from '../../vocabulary/cues.ts';
import { type HeardWord, heardWords } from '../../vocabulary/matching/heard-words.ts';
import { pronounced } from '../../vocabulary/pronounced.ts';
import { likeness, soundsOf } from '../../vocabulary/sounds.ts';

/** A misheard name may have this many more words than what was said. */
const MORE_WORDS = 2;
const LONGEST = 8;
/** "Parse coffee in" is no better than "parse coffee". */
const EDGE = 0.1;

/** A part of a text. */
export interface Part {
  /** UTF-16 units. */
  at: number;
  text: string;
}

/**
 * Finds the words of a text that sound most like what was said. Null: none is alike enough, or it is there already.
 * @param least how alike, 0 to 1
 */
export function soundingLike(text: string, said: string, least: number): Part | null {
  const words = heardWords(text);
  const ways = waysToSay(said);
  const key = heardWords(said)
    .map((word) => word.key)
    .join('');
  let best: { part: Part; alike: number } | null = null;
  for (const window of windows(words, heardWords(said).length + MORE_WORDS)) {
    const part = partOf(text, window);
    if (part.text.toLowerCase() === said.toLowerCase()) return part.text === said ? null : part;
    const sounds = window.map((word) => word.sounds).join('');
    const same = window.map((word) => word.key).join('') === key;
    const alike = same ? 1 : Math.max(...ways.map((way) => likeness(sounds, way))) - EDGE * edges(window);
    if (alike >= least && (best === null || alike > best.alike)) best = { part, alike };
  }
  return best?.part ?? null;
}

/** Finds words in a text, in any case and spelling of the same letters; null: they are not in it. */
export function saidIn(text: string, said: string): Part | null {
  const wanted = heardWords(said)
    .map((word) => word.key)
    .join('');
  if (wanted === '') return null;
  const found = windows(heardWords(text), heardWords(said).length + MORE_WORDS).find(
    (window) => window.map((word) => word.key).join('') === wanted,
  );
  return found ? partOf(text, found) : null;
}

/** The sounds of a phrase; a name may be said in several ways. */
function waysToSay(said: string): string[] {
  const whole = heardWords(said)
    .map((word) => word.sounds)
    .join('');
  const names = /\s/u.test(said) ? [] : pronounced(said).map((parts) => parts.map(soundsOf).join(''));
  return [...new Set([whole, ...names])];
}

/** Number of ends that are words like "in" and "the". */
function edges(window: readonly HeardWord[]): number {
  const ends = window.length === 1 ? [] : [window[0], window.at(-1)];
  return ends.filter((word) => word && FUNCTION_WORDS.has(word.key)).length;
}

/** All stretches of at most so many words, without punctuation inside. */
function windows(words: readonly HeardWord[], most: number): HeardWord[][] {
  const all: HeardWord[][] = [];
  for (let from = 0; from < words.length; from += 1) {
    for (let to = from; to < Math.min(words.length, from + Math.min(most, LONGEST)); to += 1) {
      all.push(words.slice(from, to + 1));
      if (words[to]?.stops) break;
    }
  }
  return all;
}

function partOf(text: string, window: readonly HeardWord[]): Part {
  const at = window[0]?.start ?? 0;
  return { at, text: text.slice(at, window.at(-1)?.end ?? at) };
}
