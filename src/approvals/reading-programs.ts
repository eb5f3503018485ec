import { readsWithFind } from './find.ts';
import { readsWithGit } from './git.ts';
import { type OptionRules, operandsOf } from './options.ts';
import { readsWithSed } from './sed.ts';

/** True when the program, called with these words, only reads and prints. */
type Reads = (words: readonly string[]) => boolean;

const withOptions =
  (rules: OptionRules): Reads =>
  (words) =>
    operandsOf(words, rules) !== null;

/**
 * Programs without options to write a file or run a program. GNU coreutils 9.1, grep 3.8, jq 1.6, util-linux 2.38, and
 * those of macOS and BSD.
 */
const HARMLESS =
  'ls cat head tail wc pwd stat du df which basename dirname realpath readlink nl tac cut tr rev comm cmp paste join fold expand unexpand od hexdump strings cksum md5sum sha1sum sha256sum sha512sum grep egrep fgrep jq echo printf true false whoami id uname nproc uptime seq test diff'.split(
    ' ',
  );

/** Programs that can write or run something, with their harmless options. */
const LIMITED: Record<string, Reads> = {
  // -o writes, --compress-program runs.
  sort: withOptions({
    flags: 'bcCdfghiMmnRrsuVz',
    values: 'kt',
    long: [
      'reverse',
      'numeric-sort',
      'human-numeric-sort',
      'version-sort',
      'unique',
      'ignore-case',
      'key= ',
      'stable',
    ].map((name) => `--${name}`),
  }),
  // Writes to a second operand.
  uniq: withOptions({
    flags: 'cdDuiz',
    values: 'fsw',
    long: ['--count', '--repeated', '--unique', '--ignore-case'],
    most: 1,
  }),
  // -C writes a compiled magic file; -z runs decompressors.
  file: withOptions({
    flags: 'bihLkNnrs',
    long: ['--brief', '--mime', '--mime-type', '--mime-encoding', '--dereference'],
  }),
  // -o writes.
  tree: withOptions({
    flags: 'adfihpsugDFNQ',
    values: 'LIP',
    long: ['--dirsfirst', '--gitignore', '--noreport', '--prune'],
  }),
  // -s and an operand set the clock.
  date: (words) => words.every((word) => /^(?:\+.*|-u|-R|-I\w*|--iso-8601(?:=\w+)?|--utc)$/u.test(word)),
  // --pre, --hostname-bin and -z run programs.
  rg: withOptions({
    flags: 'abcFHiIlLnNoPpqsSUuvwx0.',
    values: 'ABCdegmMtTrfj',
    long: [
      ...[
        '--after-context= ',
        '--before-context= ',
        '--context= ',
        '--glob= ',
        '--iglob= ',
        '--type= ',
        '--type-not= ',
      ],
      ...[
        '--max-count= ',
        '--max-depth= ',
        '--regexp= ',
        '--color= ',
        '--sort= ',
        '--sortr= ',
        '--replace= ',
      ],
      ...[
        '--files',
        '--hidden',
        '--no-ignore',
        '--ignore-case',
        '--smart-case',
        '--fixed-strings',
        '--line-number',
      ],
      ...[
        '--no-line-number',
        '--count',
        '--count-matches',
        '--files-with-matches',
        '--files-without-match',
        '--heading',
      ],
      ...[
        '--no-heading',
        '--invert-match',
        '--word-regexp',
        '--line-regexp',
        '--only-matching',
        '--json',
        '--stats',
      ],
      ...[
        '--multiline',
        '--pcre2',
        '--text',
        '--trim',
        '--vimgrep',
        '--with-filename',
        '--no-filename',
        '--follow',
      ],
    ],
  }),
  command: (words) => words.length >= 2 && /^-[vV]$/u.test(words[0] ?? ''),
  type: withOptions({ flags: 'apt' }),
  find: readsWithFind,
  git: readsWithGit,
  sed: readsWithSed,
};

/** diff paginates with another program (-l). */
const EXCEPTIONS: Record<string, RegExp> = { diff: /^(?:-[^-]*l|--p)/u };

/** True when the words, beginning with the program's name, are a command that only reads and prints. */
export function onlyReads([program = '', ...words]: readonly string[]): boolean {
  const limited = Object.hasOwn(LIMITED, program) ? LIMITED[program] : undefined;
  if (limited) return limited(words);
  if (!HARMLESS.includes(program)) return false;
  const exception = Object.hasOwn(EXCEPTIONS, program) ? EXCEPTIONS[program] : undefined;
  return !(exception && words.some((word) => exception.test(word)));
}
