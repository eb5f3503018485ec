import { homedir } from 'node:os';
import { basename, isAbsolute, relative, resolve } from 'node:path';

const ANOTHER_USER = 'runs as another user';
const OUTSIDE = 'runs outside the project';
/** Dangers that no setting overrides. */
export const ALWAYS_DANGEROUS: readonly string[] = [ANOTHER_USER, OUTSIDE];

/** Programs by what they can do. Only the last part of their path is compared. */
const PROGRAMS: readonly [phrase: string, names: readonly string[]][] = [
  [ANOTHER_USER, ['sudo', 'doas', 'pkexec', 'su', 'runuser', 'gosu', 'setpriv']],
  [
    'destroys data',
    ['dd', 'mkfs', 'shred', 'wipefs', 'fdisk', 'parted', 'truncate', 'blkdiscard', 'srm', 'unlink', 'rmdir'],
  ],
  [
    'stops programs or the machine',
    ['kill', 'killall', 'pkill', 'shutdown', 'reboot', 'halt', 'poweroff', 'systemctl'],
  ],
  [
    'uses the network',
    [
      ...[
        'curl',
        'wget',
        'ssh',
        'scp',
        'sftp',
        'rsync',
        'nc',
        'ncat',
        'netcat',
        'socat',
        'telnet',
        'ftp',
        'http',
        'aria2c',
      ],
      ...[
        'docker',
        'podman',
        'kubectl',
        'helm',
        'terraform',
        'ansible',
        'aws',
        'gcloud',
        'az',
        'gh',
        'glab',
        'heroku',
      ],
      ...[
        'npx',
        'pnpx',
        'bunx',
        'uvx',
        'pipx',
        'apt',
        'apt-get',
        'dnf',
        'yum',
        'pacman',
        'zypper',
        'brew',
        'snap',
        'flatpak',
      ],
    ],
  ],
  [
    'runs commands that cannot be checked first',
    [
      'eval',
      'source',
      'exec',
      'base64',
      'xxd',
      'openssl',
      'at',
      'crontab',
      'xargs',
      'parallel',
      'nsenter',
      'chroot',
    ],
  ],
];

/** A program followed by a certain word. */
const PAIRS: readonly [phrase: string, program: RegExp, word: RegExp][] = [
  ['deletes files', /^rm$/, /./],
  ['deletes files', /^find$/, /^-(delete|exec|execdir|ok|okdir)$/],
  ['changes file permissions', /^(chmod|chown|chgrp|setfacl)$/, /./],
  ['loses work', /^git$/, /^(reset|clean|checkout|restore|stash|rebase|filter-branch|gc|prune|update-ref)$/],
  ['loses work', /^git$/, /^(-f|--force.*|-D|--hard|--mirror|\+.+)$/],
  ['uses the network', /^git$/, /^(push|pull|fetch|clone|remote|ls-remote|submodule)$/],
  [
    'uses the network',
    /^(npm|pnpm|yarn|bun)$/,
    /^(i|install|add|ci|publish|update|upgrade|exec|dlx|x|create|init|login)$/,
  ],
  [
    'uses the network',
    /^(pip3?|uv|poetry|cargo|gem|go|composer|conda|mamba)$/,
    /^(install|add|get|publish|update|sync|download|push|login)$/,
  ],
  [
    'runs code from the command line',
    /^(python[0-9.]*|perl|ruby|node|php|lua|awk|gawk|deno|osascript)$/,
    /^-?-?(c|e|r|p|eval|exec|print)$/,
  ],
  ['runs code from the command line', /^(ba|z|da|k|fi|a)?sh$/, /./],
  ['runs code from the command line', /^(awk|gawk|mawk|sed|ed|ex|vim?|nvim)$/, /(system|\/e|!)/],
];

/** Patterns in the whole text. */
const SIGNS: readonly [phrase: string, sign: RegExp][] = [
  ['runs commands that cannot be checked first', /\$\(|`|<\(|>\(|\$\{?\w|\$'/],
  ['runs code from the command line', /\|\s*&?\s*\S*\b(ba|z|da|k|fi)?sh\b|<</],
  ['has invisible characters', /[^\x20-\x7e\n\t\p{L}\p{N}\p{P}\p{S}]|\p{Cf}/u],
  ['overwrites files', /(^|[^<>=-])>{1,2}(?!>)(?!\s*(?:&|\/dev\/null(?:\s|$)))|>\|/],
  ['changes a device', /\/dev\/(?!null\b|stdout\b|stderr\b|stdin\b)/],
];

/**
 * Returns why a command must not be approved by voice, one phrase each; [] when no reason is found. It errs on the side
 * of danger: a quoted word counts as if it were run, because `sh -c` or `env` may run it.
 * @param directory of the project, absolute
 * @param folder where it would run; null: unknown
 */
export function dangersOf(command: string, directory: string, folder: string | null): string[] {
  const found = new Set<string>();
  if (command.trim() === '') found.add('cannot be read');
  for (const words of readings(command)) {
    for (const [index, word] of words.entries()) {
      const program = basename(word).toLowerCase();
      for (const [phrase, names] of PROGRAMS) {
        if (names.includes(program) || names.some((name) => program.startsWith(`${name}.`)))
          found.add(phrase);
      }
      const later = words.slice(index + 1);
      for (const [phrase, name, argument] of PAIRS) {
        if (name.test(program) && later.some((each) => argument.test(each))) found.add(phrase);
      }
      if (isOutside(word, directory, folder)) found.add('reaches outside the project');
    }
  }
  for (const [phrase, sign] of SIGNS) if (sign.test(command)) found.add(phrase);
  if (folder !== null && !isWithin(folder, directory)) found.add(OUTSIDE);
  return [...found];
}

/** Splits a command into words twice: with quotes and backslashes as separators, and with them removed. */
function readings(command: string): string[][] {
  const separators = /[\s;|&(){}<>,=:@`$]+/;
  return [command.replaceAll(/['"\\]/g, ' '), command.replaceAll(/['"\\]/g, '')].map((text) =>
    text.split(separators).filter(Boolean),
  );
}

function isOutside(word: string, directory: string, folder: string | null): boolean {
  if (word.startsWith('~')) return !isWithin(word.replace(/^~(?=\/|$)/, homedir()), directory);
  if (word === '/dev/null') return false;
  if (!isAbsolute(word) && !word.split('/').includes('..')) return false;
  return !isWithin(resolve(folder ?? directory, word), directory);
}

function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}
