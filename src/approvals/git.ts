import { type OptionRules, operandsOf } from './options.ts';

const COMMITS: readonly string[] = [
  ...[
    '--oneline',
    '--graph',
    '--all',
    '--stat',
    '--shortstat',
    '--numstat',
    '--name-only',
    '--name-status',
    '--patch',
  ],
  ...[
    '--reverse',
    '--merges',
    '--no-merges',
    '--first-parent',
    '--follow',
    '--abbrev-commit',
    '--no-patch',
    '--summary',
  ],
  ...[
    '--branches',
    '--tags',
    '--remotes',
    '--decorate',
    '--decorate=',
    '--no-decorate',
    '--color',
    '--color=',
    '--no-color',
  ],
  ...[
    '--max-count=',
    '--skip=',
    '--since=',
    '--until=',
    '--after=',
    '--before=',
    '--author=',
    '--committer=',
  ],
  ...[
    '--grep=',
    '--date=',
    '--pretty',
    '--pretty=',
    '--format=',
    '--no-ext-diff',
    '--no-textconv',
    '--no-renames',
  ],
  ...[
    '--unified=',
    '--ignore-case',
    '--ignore-all-space',
    '--ignore-space-change',
    '--word-diff',
    '--word-diff=',
  ],
];
const LOG: OptionRules = { flags: 'pisuwb', values: 'nSGL', long: COMMITS, numbers: true };

/**
 * Subcommands of git (2.39) that only read, with their safe options. Values are allowed only after `=`: some options of
 * git do not take the next word, which is then an option itself.
 */
const SUBCOMMANDS: Record<string, OptionRules> = {
  status: {
    flags: 'sbuvz',
    long: [
      '--short',
      '--branch',
      '--long',
      '--porcelain',
      '--porcelain=',
      '--ignored',
      '--renames',
      '--no-renames',
    ].concat([
      '--untracked-files',
      '--untracked-files=',
      '--show-stash',
      '--ahead-behind',
      '--no-ahead-behind',
    ]),
  },
  log: LOG,
  show: LOG,
  diff: {
    ...LOG,
    long: [
      ...COMMITS,
      '--cached',
      '--staged',
      '--check',
      '--exit-code',
      '--quiet',
      '--merge-base',
      '--diff-filter=',
    ],
  },
  'diff-tree': { flags: 'r', long: ['--name-only', '--name-status', '--no-commit-id', '--stat'] },
  blame: { flags: 'wes', values: 'L', long: ['--date=', '--show-email', '--porcelain'] },
  'ls-files': {
    flags: 'cdmoksz',
    long: ['--cached', '--others', '--modified', '--deleted', '--exclude-standard', '--stage'],
  },
  'ls-tree': { flags: 'rdtlz', long: ['--name-only', '--full-tree'] },
  'rev-parse': {
    long: [
      '--show-toplevel',
      '--show-prefix',
      '--abbrev-ref',
      '--short',
      '--verify',
      '--git-dir',
      '--is-inside-work-tree',
    ],
  },
  'rev-list': { values: 'n', long: ['--count', '--all', '--max-count='] },
  'cat-file': { flags: 'tsp' },
  'merge-base': { long: ['--is-ancestor', '--all'] },
  describe: { long: ['--tags', '--always', '--long', '--all', '--exact-match'] },
  // With a word that is not an option, these create something.
  branch: {
    flags: 'arv',
    long: ['--all', '--remotes', '--verbose', '--show-current', '--list', '--no-color'],
    most: 0,
  },
  tag: { flags: 'ln', long: ['--list'], most: 0 },
};

/**
 * True when git, called with these words, only reads. Filters and text converters from the repository's settings may
 * run.
 */
export function readsWithGit(words: readonly string[]): boolean {
  const rest = words[0] === '--no-pager' || words[0] === '--no-optional-locks' ? words.slice(1) : words;
  const [command = '', ...options] = rest;
  const rules = Object.hasOwn(SUBCOMMANDS, command) ? SUBCOMMANDS[command] : undefined;
  // %G runs the program that checks signatures.
  if (rules === undefined || options.some((word) => word.includes('%G'))) return false;
  return operandsOf(options, rules) !== null;
}
