import type { English } from './english.ts';
import { isCompound, piecesOf } from './parts.ts';
import { TRADE_TERMS } from './trade.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Number of phrases of a project, the likeliest first: with 1,750 the engine needs no more time, and plain speech does
 * not change.
 */
const MOST_PHRASES = 1_500;
/** A phrase of more words is hardly said whole. */
const MOST_WORDS = 6;

/** The phrases for the engine when the vocabulary is off. */
export const NO_PHRASES: readonly string[] = [];
/** Phrases that are likely in any project. */
export const TRADE_PHRASES: readonly string[] = TRADE_TERMS;

/**
 * The phrases that an engine should expect in speech about a project, as it would write them: the terms of the trade and
 * the spoken forms of the project's names, such as `get user by id` for `getUserById`.
 */
export function phrasesOf({ terms }: Vocabulary, english: Pick<English, 'isWord'>): readonly string[] {
  const phrases = new Set(TRADE_PHRASES);
  const most = phrases.size + MOST_PHRASES;
  for (const { written, kind } of terms) {
    if (phrases.size >= most) break;
    const phrase = spokenForm(written);
    // An ordinary word needs no help, unless the user listed it.
    if (kind !== 'user' && english.isWord(phrase.toLowerCase())) continue;
    if (phrase !== '' && phrase.split(' ').length <= MOST_WORDS) phrases.add(phrase);
  }
  return [...phrases];
}

/** The way an engine writes a name: its words, with a dot if one is spoken before a file ending. */
function spokenForm(written: string): string {
  if (!isCompound(written)) return written;
  const words: string[] = [];
  for (const piece of piecesOf(written)) {
    const last = words.at(-1);
    if (/[\p{L}\p{N}]/u.test(piece)) {
      if (last?.endsWith('.')) words[words.length - 1] = last + piece;
      else words.push(piece);
    } else if (piece === '.' && last !== undefined) words[words.length - 1] = `${last}.`;
  }
  return words.join(' ').replace(/\.$/u, '');
}
