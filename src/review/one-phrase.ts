/** Longer changes are not a misheard name, words. */
const MOST_WORDS = 4;

/** Returns the only word or short phrase that differs between two texts; null: more or less than that differs. */
export function onePhraseChanged(before: string, after: string): { from: string; to: string } | null {
  const [old, now] = [before, after].map((text) => text.trim().split(/\s+/u));
  if (!old || !now) return null;
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  // A new text is not a corrected word.
  if (start + end === 0 && old.length > 1) return null;
  const from = bare(old.slice(start, old.length - end));
  const to = bare(now.slice(start, now.length - end));
  return from !== '' && to !== '' && from !== to ? { from, to } : null;
}

/** The words without the punctuation around them; empty: there are too many. */
function bare(words: readonly string[]): string {
  if (words.length > MOST_WORDS) return '';
  return words.join(' ').replaceAll(/^[("'“‘]+|[.,;:!?)"'”’…]+$/gu, '');
}
