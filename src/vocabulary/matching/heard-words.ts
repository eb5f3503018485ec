import { partsOf } from '../parts.ts';
import { soundsOf } from '../sounds.ts';

/** A word of a transcript: the characters between spaces, without the punctuation around it. */
export interface HeardWord {
  /** Start and end in the text, UTF-16 units. */
  start: number;
  end: number;
  text: string;
  /** Its parts in lower case: `get-user` -> get, user. */
  parts: string[];
  /** Letters and digits, numbers as digits. */
  key: string;
  sounds: string;
  /** A sign that is said as a word. */
  sign: string | null;
  /** Dots inside it. */
  dots: number;
  /** True when punctuation separates it from the next word. */
  stops: boolean;
}

/** Signs whose names are seldom anything else next to a name. */
const SIGNS = new Map([
  ['dot', '.'],
  ['dash', '-'],
  ['hyphen', '-'],
  ['underscore', '_'],
  ['slash', '/'],
]);
/** "I.D.": the last dot belongs to it unless a sentence ends there. */
const INITIALS = /^(?:\p{L}\.){2,}$/u;
const NUMBERS = 'zero one two three four five six seven eight nine ten'.split(' ');

export function heardWords(text: string): HeardWord[] {
  const words: HeardWord[] = [];
  for (const { 0: token, index } of text.matchAll(/\S+/gu)) {
    const lead = /^[^\p{L}\p{N}]*/u.exec(token)?.[0].length ?? 0;
    const initials =
      INITIALS.test(token) && /^\s+\p{Ll}/u.test(text.slice(index + token.length, index + token.length + 9));
    const trail = initials ? '' : (/[^\p{L}\p{N}]*$/u.exec(token.slice(lead))?.[0] ?? '');
    const core = token.slice(lead, token.length - trail.length);
    const before = words.at(-1);
    if (core === '') {
      if (before) before.stops = true;
      continue;
    }
    if (before && lead > 0) before.stops = true;
    const parts = partsOf(core.replaceAll(/['’]/gu, ''));
    const only = parts.length === 1 ? (parts[0] ?? '') : '';
    const number = NUMBERS.indexOf(only);
    words.push({
      start: index + lead,
      end: index + lead + core.length,
      text: core,
      parts,
      key: number < 0 ? parts.join('') : String(number),
      sounds: parts.map(soundsOf).join(''),
      sign: SIGNS.get(only) ?? null,
      dots: /^(?:\p{L}\.)+\p{L}?$/u.test(core) ? 0 : core.split('.').length - 1,
      stops: trail !== '' && !/^\p{L}(?:\.\p{L})+$/u.test(core),
    });
  }
  return words;
}
