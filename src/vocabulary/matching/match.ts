import type { TextChange } from '../../utterance.ts';
import type { English } from '../english.ts';
import { type Finding, findTerms, type Thresholds } from './find-terms.ts';
import type { TermIndex } from './index-terms.ts';

/** A text, and what was changed to come to it, in the order of the changes. */
export interface Matched {
  text: string;
  changes: TextChange[];
}

/** A written name may form a longer name with the words beside it. */
const MOST_ROUNDS = 4;

/**
 * Writes spoken forms of names as the names are written: "get user by id" -> getUserById. Leaves ordinary prose alone.
 * The time is in proportion to the text.
 */
export function matchTerms(
  text: string,
  index: TermIndex,
  english: English,
  thresholds?: Thresholds,
): Matched {
  const changes: TextChange[] = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const chosen = withoutOverlaps(findTerms(text, index, english, thresholds));
    const next = chosen.map(({ start, end, term, exact }): TextChange => {
      return { from: text.slice(start, end), to: term.written, at: start, why: exact ? 'exact' : 'sound' };
    });
    if (next.length === 0) break;
    changes.push(...next);
    text = applied(text, next);
  }
  return { text, changes };
}

/** The text with these changes; they do not overlap and are in their order. */
export function applied(text: string, changes: readonly TextChange[]): string {
  let result = '';
  let from = 0;
  for (const { at, from: old, to } of changes) {
    result += text.slice(from, at) + to;
    from = at + old.length;
  }
  return result + text.slice(from);
}

/** The best first: what explains the most letters, and explains them well; then in the order of the text. */
function withoutOverlaps(findings: Finding[]): Finding[] {
  const ordered = findings.toSorted((a, b) => b.score - a.score || b.term.weight - a.term.weight);
  const taken = new Set<number>();
  const chosen = ordered.filter(({ start, end }) => {
    for (let at = start; at < end; at += 1) if (taken.has(at)) return false;
    for (let at = start; at < end; at += 1) taken.add(at);
    return true;
  });
  return chosen.toSorted((a, b) => a.start - b.start);
}
