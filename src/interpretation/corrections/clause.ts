import { FUNCTION_WORDS } from '../../vocabulary/cues.ts';
import { beginsRequest } from '../request-words.ts';
import { wordsAt } from './sentences.ts';

/** After such a word, or after punctuation, a clause may begin. */
const JOINTS: ReadonlySet<string> = new Set(['and', 'then', 'but', 'please', 'also', 'or']);

/** Any verb with its object: "clear it", "comment out the call". */
const VERB_AND_OBJECT =
  /^\p{L}{2,}(?:\s+(?:out|up|off|down|back|away|over))?\s+(?:the|a|an|this|that|these|those|my|our|your|its|all|every|each|it|them|both|everything)\b/iu;

/** True when a text begins like a request, also with a verb that is rare in requests. */
export function looksLikeRequest(text: string): boolean {
  if (beginsRequest(text, 'probably')) return true;
  const [first] = wordsAt(text);
  return first !== undefined && !FUNCTION_WORDS.has(first.plain) && VERB_AND_OBJECT.test(text);
}

/** Words that begin a statement with a separate subject. */
export const SUBJECTS: ReadonlySet<string> = new Set(
  "i you he she it we they there that that's it's there's i'm we're they're".split(' '),
);

/** Returns where the last clause of a text begins: a request, or a statement after punctuation. */
export function lastClause(text: string): number {
  const words = wordsAt(text);
  const statement = words.findLast(({ plain }, index) => SUBJECTS.has(plain) && words[index - 1]?.stops);
  return Math.max(statement?.start ?? 0, lastRequest(text) ?? 0);
}

/**
 * Returns where the last request in a text begins: "run the tests and delete the cache" has it at "delete". Null: it
 * has none.
 */
export function lastRequest(text: string): number | null {
  const words = wordsAt(text);
  for (let index = words.length - 1; index >= 0; index -= 1) {
    const word = words[index];
    const before = words[index - 1];
    if (!word) continue;
    const rest = text.slice(word.start);
    const begins = !before || before.stops || JOINTS.has(before.plain);
    if (begins ? looksLikeRequest(rest) : before.plain === 'to' && beginsRequest(rest, 'surely'))
      return word.start;
  }
  return null;
}
