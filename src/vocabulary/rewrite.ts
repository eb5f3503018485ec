import type { TextChange } from '../utterance.ts';
import { casingCommands } from './casing.ts';
import type { English } from './english.ts';
import type { TermIndex } from './index-terms.ts';
import { applied, type Matched, matchTerms } from './match.ts';
import { spokenSymbols } from './symbols.ts';
import type { Replacement } from './vocabulary.ts';

export interface RewriteOptions {
  /** The person's own rules; they come first. */
  replacements: readonly Replacement[];
  index: TermIndex;
  english: English;
}

/**
 * The text as a programmer would have typed it: the person's replacements, then "camel case ...", then names of the
 * project, then signs that were said as words. Plain English stays as it is.
 */
export function rewrite(text: string, { replacements, index, english }: RewriteOptions): Matched {
  const changes: TextChange[] = [];
  const take = (next: TextChange[]): void => {
    changes.push(...next);
    text = applied(text, next);
  };
  for (const rule of replacements) take(replaced(text, rule));
  take(casingCommands(text));
  const matched = matchTerms(text, index, english);
  text = matched.text;
  changes.push(...matched.changes);
  take(spokenSymbols(text));
  return { text, changes };
}

/** Where the phrase stands as whole words, in any case. */
function replaced(text: string, { from, to }: Replacement): TextChange[] {
  const words = from
    .trim()
    .split(/\s+/u)
    .map((word) => word.replaceAll(/[.*+?^${}()|[\]\\/-]/gu, '\\$&'));
  const phrase = new RegExp(
    String.raw`(?<![\p{L}\p{N}_])${words.join(String.raw`\s+`)}(?![\p{L}\p{N}_])`,
    'giu',
  );
  return [...text.matchAll(phrase)].flatMap(({ 0: found, index }) =>
    found === to ? [] : [{ from: found, to, at: index, why: 'replace' as const }],
  );
}
