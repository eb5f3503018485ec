const list = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Words before a name: "the function get user". */
const BEFORE = list(
  'function method class type struct trait interface enum variable constant field property prop hook component module package crate helper middleware decorator fixture macro argument parameter attribute option flag called named call calls calling rename renamed renaming import imports importing invoke invokes',
);
/** Words after a name: "the use effect hook". */
const AFTER = list(
  'function functions method methods class classes type types struct structs trait traits interface enum variable constant field property prop hook hooks component module package crate helper middleware decorator fixture macro argument parameter attribute option flag',
);
const TYPES = list('class classes type types struct structs trait traits interface enum component');
/** "Add a test for get user": with the word before it. */
const TESTED = list('test tests docs docstring documentation types');
const ARTICLES = list('the a an');

/** Do the words around a name say that it is one? `type`: that it is the name of a class or the like. */
export type Cue = 'type' | 'name' | null;

/** Looks at the words around [from, to), each in lower case. */
export function cueAround(words: readonly string[], from: number, to: number): Cue {
  const before = words[from - 1] ?? '';
  const after = words[to] ?? '';
  const noun = ARTICLES.has(before) ? '' : before;
  if (TYPES.has(noun) || TYPES.has(after)) return 'type';
  if (BEFORE.has(noun) || AFTER.has(after)) return 'name';
  if (before === 'for' && TESTED.has(words[from - 2] ?? '')) return 'name';
  return null;
}

/** Words that begin or end no name that was heard wrong, and stand between phrases. */
export const FUNCTION_WORDS = list(
  'a an the and or but nor so yet of in on at to for from with without by as into onto over under than then that this these those it its is are was were be been being am do does did has have had will would can could should may might must not no if when while where why how what which who whose whether because since until before after about i you he she we they me him her us them my your his our their there here also just please let make',
);
