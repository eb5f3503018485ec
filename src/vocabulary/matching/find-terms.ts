import { type Cue, cueAround, FUNCTION_WORDS } from '../cues.ts';
import type { English } from '../english.ts';
import { partsOf } from '../parts.ts';
import { likeness } from '../sounds.ts';
import type { Term } from '../vocabulary.ts';
import { type HeardWord, heardWords } from './heard-words.ts';
import type { Entry, TermIndex } from './index-terms.ts';

/** A stretch of a transcript that may be a term. */
export interface Finding {
  /** UTF-16 units in the text. */
  start: number;
  end: number;
  term: Term;
  /** Were the letters those of the term? */
  exact: boolean;
  /** 0 to 1: likeness of the sounds, unless it is exact. */
  likeness: number;
  /** Evidence for it: the letters that it explains, and how well. */
  score: number;
}

/** Names of more spoken words than this are not looked for. */
const MOST_WORDS = 8;
const LONGEST_KEY = 48;
/** Any two names are about so alike. */
const CHANCE = 0.45;

/** How alike sounds must be, chosen on the tuning part of test/data/vocabulary (docs/vocabulary.md). */
export interface Thresholds {
  /** One word that is no English one. */
  strange: number;
  /** Several words. At least two of them do not follow each other in ordinary English. */
  unusual: number;
  /** Evidence of the words around it that it is a name. */
  cued: number;
}
const THRESHOLDS: Thresholds = { strange: 0.77, unusual: 0.8, cued: 0.66 };

/** All stretches that may be terms and pass the thresholds; they may overlap. */
export function findTerms(
  text: string,
  index: TermIndex,
  english: English,
  thresholds: Thresholds = THRESHOLDS,
): Finding[] {
  const words = heardWords(text);
  const plain = words.map((word) => word.parts.join(' '));
  const findings: Finding[] = [];
  for (let from = 0; from < words.length; from += 1) {
    for (const window of windowsAt(words, from, index)) {
      const cue = cueAround(plain, from, from + window.words.length);
      const found = exactly(window, cue, index, english) ?? nearly(window, cue, index, english, thresholds);
      if (found) findings.push(found);
    }
  }
  return findings;
}

interface Window {
  words: readonly HeardWord[];
  /** Spoken words, without the names of symbols that may be symbols. */
  keys: string[];
  dots: number;
}

/** The stretches that begin with this word: as far as no punctuation and no name stands between. */
function* windowsAt(words: readonly HeardWord[], from: number, index: TermIndex): Iterable<Window> {
  let key = '';
  let signless = '';
  let dots = 0;
  for (let to = from; to < Math.min(words.length, from + MOST_WORDS); to += 1) {
    const word = words[to];
    if (!word) return;
    if (to > from && index.isName(word.text)) return;
    key += word.key;
    if (word.sign === null) signless += word.key;
    dots += word.dots + Number(word.sign === '.');
    if (key.length > LONGEST_KEY) return;
    const keys = key === signless ? [key] : [signless, key];
    if (word.sign === null) yield { words: words.slice(from, to + 1), keys, dots };
    if (word.stops || index.isName(word.text)) return;
  }
}

function exactly(
  { words, keys, dots }: Window,
  cue: Cue,
  index: TermIndex,
  english: English,
): Finding | null {
  const heard = written(words);
  for (const key of keys) {
    const entries = index
      .withKey(key)
      .filter((entry) => entry.dots === dots || (entry.dots === 0 && key === keys[1]));
    const best = choose(entries, cue, heard);
    if (!best || best.term.written === heard) return null;
    if (!beginsAlike(words, best)) continue;
    if (!best.compound && best.term.written.toLowerCase() === heard.toLowerCase()) continue;
    if (cue === null && dots === 0 && isOrdinary(words, english)) continue;
    return finding(words, best, true, 1);
  }
  return null;
}

function nearly(
  { words, keys, dots }: Window,
  cue: Cue,
  index: TermIndex,
  english: English,
  thresholds: Thresholds,
): Finding | null {
  const first = words[0]?.parts.join('') ?? '';
  if (index.withKey(keys[0] ?? '').length > 0 || words.some(({ text }) => /['’]/u.test(text))) return null;
  const last = words.at(-1)?.parts.join('') ?? '';
  if (FUNCTION_WORDS.has(first) || FUNCTION_WORDS.has(last) || index.isName(written(words))) return null;
  const ordinary = isOrdinary(words, english);
  if (ordinary && (cue === null || words.length === 1)) return null;
  if (words.length === 1 && isKnown(words[0], english)) return null;
  const least = leastLikeness(words.length, ordinary, { cued: cue !== null, file: dots > 0 }, thresholds);
  if (words.slice(1, -1).some((word) => FUNCTION_WORDS.has(word.key)) && cue === null) return null;
  const sounds = words.map((word) => (word.sign === null ? word.sounds : '')).join('');
  let best: Finding | null = null;
  for (const entry of index.alike(sounds)) {
    if (entry.dots !== dots) continue;
    const alike = likeness(sounds, entry.sounds);
    if (alike < least || (best && rank(alike, entry.term) <= rank(best.likeness, best.term))) continue;
    const same = index.withKey(entry.key).filter(({ dots: other }) => other === dots);
    best = finding(words, choose(same, cue, written(words)) ?? entry, false, alike);
  }
  return best;
}

function leastLikeness(
  words: number,
  ordinary: boolean,
  { cued, file }: { cued: boolean; file: boolean },
  thresholds: Thresholds,
): number {
  if (ordinary) return thresholds.unusual;
  // Another file with the same ending is alike from the start.
  if (file) return thresholds.strange;
  if (cued) return thresholds.cued;
  return words === 1 ? thresholds.strange : thresholds.unusual;
}

/** A word of the trade, or a name whose parts are words: `config.toml`. */
function isKnown(word: HeardWord | undefined, english: English): boolean {
  return word?.parts.every((part) => english.isWord(part) || english.isJargon(part)) ?? false;
}

/** A likelier name may sound a little less alike. */
function rank(alike: number, { weight }: Term): number {
  return alike + 0.05 * weight;
}

/** Words that are hyphenated in ordinary English: "read-only", "built-in", "user-friendly", "twenty-one". */
const HYPHENED =
  /^(?:read|write|built|first|second|third|high|low|non|self|well|real|up|end|pre|post|re|co|multi|single|double|long|short|full|half|open|one|two|three|all|cross|ever|fine|hard|large|left|right|new|on|off|in|out|over|under|so|state|step|time|top|twenty|thirty|forty|fifty|client|server|user|case|line|command|general|object|type|thread|back|follow|key|opt|per|plug|run|set|side|stand|start|trade|work)-|-(?:in|on|up|out|off|only|free|based|like|level|time|friendly|specific|defined|safe|side|case|of|to|the|a|old|new|wide|long|line|end)$/iu;

/** True for ordinary English: common words in a common sequence. */
function isOrdinary(words: readonly HeardWord[], english: English): boolean {
  const [only] = words;
  // "binary-data" is never joined in English: Whisper writes what its prompt made a name of.
  if (words.length === 1 && only && /^\p{L}+-\p{L}/u.test(only.text) && !HYPHENED.test(only.text))
    return false;
  const parts = words.flatMap((word) => word.parts);
  if (!parts.every((part) => english.isWord(part))) return false;
  return parts.slice(1).every((part, index) => english.isPair(parts[index] ?? '', part));
}

/** "In it" is not init: a name that begins with such a word has it as a separate part. */
function beginsAlike([first]: readonly HeardWord[], { term }: Entry): boolean {
  const word = first?.parts.join('') ?? '';
  return !FUNCTION_WORDS.has(word) || partsOf(term.written)[0] === word;
}

/** Of names that are said alike the one whose case fits, else the likelier one. */
function choose(entries: readonly Entry[], cue: Cue, heard: string): Entry | null {
  const same = entries.find(({ term }) => term.written === heard);
  if (same) return same;
  const types = entries.filter(({ term }) => /^\p{Lu}.*\p{Ll}/u.test(term.written));
  const others = entries.filter((entry) => !types.includes(entry));
  const preferred = cue === 'type' ? types : cue === 'name' ? others : [];
  return preferred[0] ?? entries[0] ?? null;
}

function written(words: readonly HeardWord[]): string {
  return words.map(({ text }) => text).join(' ');
}

function finding(words: readonly HeardWord[], { term, key }: Entry, exact: boolean, alike: number): Finding {
  const start = words[0]?.start ?? 0;
  const end = words.at(-1)?.end ?? start;
  // A word like "to" at the beginning may not belong to the name.
  const certain = FUNCTION_WORDS.has(words[0]?.key ?? '') ? 0.7 : 1;
  const score = key.length * (exact ? certain : Math.max(0, alike - CHANCE));
  return { start, end, term, exact, likeness: alike, score };
}
