import type { TextChange } from '../utterance.ts';
import { FUNCTION_WORDS } from './cues.ts';
import { type HeardWord, heardWords } from './matching/heard-words.ts';

/** Endings of files that are said after "dot", as a word or letter by letter. */
const ENDINGS = new Set(
  'ts tsx js jsx mjs cjs json jsonc py pyi rs go rb java kt swift c cc cpp h hpp cs php lua zig ex exs sh bash zsh fish css scss less html htm vue svelte md mdx rst txt toml yaml yml xml svg png sql csv lock ini cfg conf proto gradle'.split(
    ' ',
  ),
);
/** Files that begin with a dot. */
const HIDDEN = new Set(
  'gitignore gitattributes env envrc npmrc nvmrc editorconfig dockerignore eslintrc prettierrc github vscode'.split(
    ' ',
  ),
);
/** Codex's own commands (0.169.0): after "slash" at the beginning they are written with the sign; as text, see paste.ts. */
const COMMANDS = new Set(
  'compact new review diff status init model approvals resume mention undo quit'.split(' '),
);
/** What comes before a path or a command. */
const BEFORE_PATH = new Set('run type enter command route endpoint path url folder directory'.split(' '));
/** Pairs of words that stand for a sign and are nothing else. */
const SIGNS = new Map([
  ['open paren', '('],
  ['close paren', ')'],
  ['open parenthesis', '('],
  ['close parenthesis', ')'],
  ['open bracket', '['],
  ['close bracket', ']'],
  ['open brace', '{'],
  ['close brace', '}'],
  ['double equals', '=='],
  ['triple equals', '==='],
  ['not equals', '!='],
  ['fat arrow', '=>'],
]);

/**
 * "Dash dash force" -> --force, "types dot t s" -> types.ts, "foo underscore bar" -> foo_bar, "open paren" -> (: where
 * the words can mean nothing else. "Slash compact" becomes /compact at the beginning and after "run".
 */
export function spokenSymbols(text: string): TextChange[] {
  const words = heardWords(text);
  const changes: TextChange[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const found =
      flag(words, at) ?? file(words, at) ?? slash(words, at) ?? underscore(words, at) ?? sign(words, at);
    if (!found) continue;
    const start = words[at]?.start ?? 0;
    const end = words[at + found.words - 1]?.end ?? start;
    const from = text.slice(start, end);
    if (from !== found.to) changes.push({ from, to: found.to, at: start, why: 'symbol' });
    at += found.words - 1;
  }
  return changes;
}

/** What these words mean, and how many there are. */
type Meaning = { to: string; words: number } | null;

/** "Dash dash no dash verify", "double dash force". */
function flag(words: readonly HeardWord[], at: number): Meaning {
  const doubled = said(words, at, 'double', 'dash') || said(words, at, 'dash', 'dash');
  const hyphens = doubled || said(words, at, 'hyphen', 'hyphen') || said(words, at, 'minus', 'minus');
  if (!hyphens) return null;
  const name = chain(words, at + 2, '-');
  return name && { to: `--${name.text.toLowerCase()}`, words: name.words + 2 };
}

/** "Types dot t s", "vite dot config dot ts", "dot env", "source slash types dot t s" (the last part of it). */
function file(words: readonly HeardWord[], at: number): Meaning {
  const hidden = plain(words[at + 1]);
  if (said(words, at, 'dot') && HIDDEN.has(hidden) && !words[at]?.stops)
    return { to: `.${hidden}`, words: 2 };
  const name = chain(words, at, '.');
  if (!name || name.words < 3) return null;
  let { text, words: count } = name;
  // "T s" is two words to Whisper at times.
  const letter = words[at + count];
  if (/^\p{L}$/u.test(text.split('.').at(-1) ?? '') && letter && /^\p{L}$/u.test(letter.text)) {
    text += letter.text;
    count += 1;
  }
  const parts = text.split('.');
  const ending = parts.pop()?.toLowerCase() ?? '';
  if (!ENDINGS.has(ending.replaceAll(/\W/gu, ''))) return null;
  return { to: [...parts, ending.replaceAll(/\W/gu, '')].join('.'), words: count };
}

function slash(words: readonly HeardWord[], at: number): Meaning {
  if (!said(words, at, 'slash') || words[at]?.stops) return null;
  const next = words[at + 1];
  if (!next || FUNCTION_WORDS.has(plain(next))) return null;
  const command = at === 0 && COMMANDS.has(plain(next));
  if (!command && !BEFORE_PATH.has(plain(words[at - 1]))) return null;
  const path = chain(words, at + 1, '/');
  return path && { to: `/${command ? path.text.toLowerCase() : path.text}`, words: path.words + 1 };
}

function underscore(words: readonly HeardWord[], at: number): Meaning {
  const name = chain(words, at, '_');
  return name && name.words >= 3 ? { to: name.text, words: name.words } : null;
}

function sign(words: readonly HeardWord[], at: number): Meaning {
  const to = words[at]?.stops ? undefined : SIGNS.get(`${plain(words[at])} ${plain(words[at + 1])}`);
  return to === undefined ? null : { to, words: 2 };
}

/** Words with the name of this sign between each two: "foo underscore bar". */
function chain(
  words: readonly HeardWord[],
  at: number,
  between: string,
): { text: string; words: number } | null {
  const first = words[at];
  if (!first || first.sign !== null) return null;
  if (FUNCTION_WORDS.has(plain(first)) && !(between === '-' && plain(first) === 'no')) return null;
  let text = first.text;
  let count = 1;
  for (;;) {
    const [last, name, next] = words.slice(at + count - 1, at + count + 2);
    if (!last || last.stops || name?.sign !== between || name.stops || !next) break;
    if (next.sign !== null || FUNCTION_WORDS.has(plain(next))) break;
    text += between + next.text;
    count += 2;
  }
  return { text, words: count };
}

function said(words: readonly HeardWord[], at: number, ...expected: string[]): boolean {
  return expected.every((word, index) => plain(words[at + index]) === word);
}

function plain(word: HeardWord | undefined): string {
  return word?.parts.join('') ?? '';
}
