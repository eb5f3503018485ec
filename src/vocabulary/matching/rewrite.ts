import type { TextChange } from '../../utterance.ts';
import type { English } from '../english.ts';
import { spokenSymbols } from '../symbols.ts';
import type { Replacement } from '../vocabulary.ts';
import { casingCommands } from './casing.ts';
import type { TermIndex } from './index-terms.ts';
import { applied, type Matched, matchTerms } from './match.ts';
import { replacements as replacementsIn } from './replace.ts';

interface RewriteOptions {
  /** The `[[replace]]` rules; they come first. */
  replacements: readonly Replacement[];
  index: TermIndex;
  english: English;
}

/**
 * The text as a programmer would have typed it: the user's replacements, then "camel case ...", then names of the
 * project, then symbols that were said as words. Plain English does not change.
 */
export function rewrite(text: string, { replacements, index, english }: RewriteOptions): Matched {
  const changes: TextChange[] = [];
  const take = (next: TextChange[]): void => {
    changes.push(...next);
    text = applied(text, next);
  };
  take(replacementsIn(text, replacements));
  take(casingCommands(text));
  const matched = matchTerms(text, index, english);
  text = matched.text;
  changes.push(...matched.changes);
  take(spokenSymbols(text));
  return { text, changes };
}
