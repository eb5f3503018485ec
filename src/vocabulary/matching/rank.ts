import type { English } from '../english.ts';
import { isCompound, partsOf } from '../parts.ts';
import type { Term, TermKind, Vocabulary } from '../vocabulary.ts';

/** The words that were found in a project. */
export interface Found {
  /** Paths of its files, with `/`, relative to its folder. */
  files: readonly string[];
  /** Identifiers and how often they occur; what is open or recently changed counts more. */
  identifiers: ReadonlyMap<string, number>;
  /** Names that count on their own: packages, branches, scripts. */
  names?: readonly string[];
  /** The user's own list. */
  own?: readonly string[];
  /** Words of the recent conversation. */
  mentioned?: readonly string[];
  /** Of the files, those that were changed last. */
  recent?: ReadonlySet<string>;
}

/** More words make the matching slower and no better. */
const MOST_TERMS = 8_000;
/** Above this weight nothing of the project comes: the user's own words are first. */
const OWN = 1;
const MENTIONED = 0.95;
const MOST_FOUND = 0.9;

/** Returns a project's words that can be spoken and are not ordinary English, the likeliest first. */
export function rankTerms(found: Found, english: English): Vocabulary {
  const terms = new Map<string, Term>();
  const add = (written: string, kind: TermKind, weight: number): void => {
    const known = terms.get(written);
    if (!known || known.weight < weight) terms.set(written, { written, kind, weight });
  };
  const most = Math.log1p(Math.max(1, ...found.identifiers.values()));
  for (const [name, count] of found.identifiers) {
    if (isSpeakable(name, english)) add(name, 'name', (MOST_FOUND * Math.log1p(count)) / most);
  }
  for (const path of found.files) {
    const recent = found.recent?.has(path) ?? false;
    for (const name of namesOfPath(path)) {
      if (isSpeakable(name, english)) add(name, 'file', recent ? 0.8 : 0.3);
    }
  }
  for (const name of found.names ?? []) if (isSpeakable(name, english)) add(name, 'name', 0.7);
  for (const name of found.mentioned ?? []) if (isSpeakable(name, english)) add(name, 'name', MENTIONED);
  for (const name of found.own ?? []) if (isWritable(name)) add(name, 'user', OWN);
  const ranked = [...terms.values()].toSorted(
    (a, b) => b.weight - a.weight || (a.written < b.written ? -1 : 1),
  );
  return { terms: ranked.slice(0, MOST_TERMS) };
}

/** The file's name with its ending, and without it; and the folders above it. */
function namesOfPath(path: string): string[] {
  const parts = path.split('/');
  const file = parts.pop() ?? '';
  const stem = file.replace(/(?<=.)\..*$/u, '');
  return [file, stem, ...parts];
}

/** A user's own word may have any visible character, except at the start of a Codex command. */
function isWritable(name: string): boolean {
  return /^[^\s/!\p{C}][^\p{C}]{0,63}$/u.test(name);
}

/** Has it letters that can be said, and is it anything else than an English word? */
function isSpeakable(name: string, english: English): boolean {
  // A name that begins otherwise could be a command in Codex's composer.
  if (!/^[\w.@$-][\x21-\x7e]{2,39}$/u.test(name) || !/[a-z]{2}/iu.test(name)) return false;
  return isCompound(name) || !english.isWord(partsOf(name).join(''));
}
