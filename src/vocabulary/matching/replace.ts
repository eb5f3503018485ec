import type { TextChange } from '../../utterance.ts';
import type { Replacement } from '../vocabulary.ts';

/** Scripts that are written without spaces have no whole words. */
const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}`;
const BEGINS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');
const ENDS_UNSPACED = new RegExp(`[${UNSPACED}]$`, 'u');
const WORD = String.raw`[\p{L}\p{M}\p{N}_]`;

/**
 * Returns the pattern of a phrase: whole words, in any case, with any space between them; both apostrophes are one.
 * @throws SyntaxError when no pattern comes of it
 */
export function phrasePattern(from: string): RegExp {
  const phrase = from.trim();
  const words = phrase.split(/\s+/u).map((word) =>
    // With the flag u nothing may be escaped that needs no escaping, such as "-".
    word.replaceAll(/[\^$\\.*+?()[\]{}|/]/gu, '\\$&').replaceAll(/['’]/gu, "['’]"),
  );
  const before = BEGINS_UNSPACED.test(phrase) ? '' : `(?<!${WORD})`;
  const after = ENDS_UNSPACED.test(phrase) ? '' : `(?!${WORD})`;
  return new RegExp(`${before}${words.join(String.raw`\s+`)}${after}`, 'giu');
}

/**
 * Finds what the rules of the settings change: each is applied once to the text as it was heard, the longest phrase first,
 * and never to what another rule has put in. Of two rules for one phrase the first one counts.
 * @returns changes in the order of the text, which do not overlap
 */
export function replacements(text: string, rules: readonly Replacement[]): TextChange[] {
  const taken = new Uint8Array(text.length);
  const changes: TextChange[] = [];
  const plain = plainOf(text);
  for (const { from, to } of rules.toSorted((a, b) => b.from.trim().length - a.from.trim().length)) {
    // Most rules are about something else, and to make a pattern takes longer than to look.
    if (!plain.includes(plainOf(from.trim().split(/\s/u)[0] ?? ''))) continue;
    for (const { 0: found, index } of text.matchAll(phrasePattern(from))) {
      const end = index + found.length;
      if (found === '' || taken.subarray(index, end).includes(1)) continue;
      taken.fill(1, index, end);
      if (found !== to) changes.push({ from: found, to, at: index, why: 'replace' });
    }
  }
  return changes.toSorted((a, b) => a.at - b.at);
}

function plainOf(text: string): string {
  return text.toLowerCase().replaceAll('’', "'");
}
