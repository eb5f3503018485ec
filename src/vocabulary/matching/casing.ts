import type { TextChange } from '../../utterance.ts';
import { FUNCTION_WORDS } from '../cues.ts';
import { type HeardWord, heardWords } from './heard-words.ts';

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const lower = (words: readonly string[], sign: string): string => words.join(sign);

const STYLES = new Map<string, (words: readonly string[]) => string>([
  ['camel', (words) => words.map((word, index) => (index === 0 ? word : capital(word))).join('')],
  ['pascal', (words) => words.map(capital).join('')],
  ['snake', (words) => lower(words, '_')],
  ['kebab', (words) => lower(words, '-')],
  ['constant', (words) => lower(words, '_').toUpperCase()],
]);
const LEAST_WORDS = 2;
const MOST_WORDS = 5;

/** A name that is spelt out comes after such a word, or at the beginning: not "the camel case names of the API". */
const LEADS = new Set(
  'to it called named name function method variable constant class type field parameter argument property file module flag rename add create use call import delete remove make new and or as with of for from in into'.split(
    ' ',
  ),
);
/** Words that may stand inside a name, but for its end. */
const JOINTS = new Set('by of for from in on to at with is has can should as not no if'.split(' '));
/** Words after which a sentence is about the style itself: "snake case names are easier to read". */
const SPEAKS = new Set(
  'are were was be been looks look makes names name style convention conventions everywhere identifiers identifier only instead'.split(
    ' ',
  ),
);
/** Words for kinds of names: they end the name and are not part of it. */
const NOUNS = new Set(
  'function method variable constant class type field file module hook component please'.split(' '),
);

/**
 * "Camel case foo bar" -> fooBar; pascal, snake, kebab and constant (or all caps) case as well. The name ends at
 * punctuation, before a word like "and" or "please", or after five words. Only where a name may begin.
 */
export function casingCommands(text: string): TextChange[] {
  const words = heardWords(text);
  const changes: TextChange[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const command = commandAt(words, at);
    if (!command) continue;
    const name = nameFrom(words, command.next);
    const last = name.at(-1);
    const first = words[at];
    if (name.length < LEAST_WORDS || !last || !first) continue;
    const to = command.style(name.flatMap((word) => word.parts));
    changes.push({ from: text.slice(first.start, last.end), to, at: first.start, why: 'casing' });
    at = words.indexOf(last);
  }
  return changes;
}

function commandAt(
  words: readonly HeardWord[],
  at: number,
): { style: (words: readonly string[]) => string; next: number } | null {
  const before = at === 0 ? '' : plain(words[at - 1]);
  if (at > 0 && !words[at - 1]?.stops && !LEADS.has(before)) return null;
  const [first, second, third] = [plain(words[at]), plain(words[at + 1]), plain(words[at + 2])];
  const constant = STYLES.get('constant');
  if (constant && first === 'all' && second === 'caps') return { style: constant, next: at + 2 };
  if (constant && first === 'screaming' && second === 'snake' && third === 'case') {
    return { style: constant, next: at + 3 };
  }
  const joined = STYLES.get(first.replace(/case$/u, ''));
  if (joined && first.endsWith('case')) return { style: joined, next: at + 1 };
  const style = STYLES.get(first);
  return style && second === 'case' && !words[at]?.stops ? { style, next: at + 2 } : null;
}

/** The words of the name; none when the sentence speaks of the style. */
function nameFrom(words: readonly HeardWord[], next: number): HeardWord[] {
  if (words[next - 1]?.stops) return [];
  const name: HeardWord[] = [];
  for (const word of words.slice(next, next + MOST_WORDS)) {
    const said = plain(word);
    if (SPEAKS.has(said) && name.length < LEAST_WORDS) return [];
    if (NOUNS.has(said) || (SPEAKS.has(said) && !said.startsWith('name'))) break;
    if (FUNCTION_WORDS.has(said) && (name.length === 0 || !JOINTS.has(said))) break;
    name.push(word);
    if (word.stops) break;
  }
  while (JOINTS.has(plain(name.at(-1)))) name.pop();
  return name;
}

function plain(word: HeardWord | undefined): string {
  return word?.parts.join('') ?? '';
}
