import { basename } from 'node:path';

/** The danger of a command that gets another user's rights. No setting overrides it. */
export const ANOTHER_USER = 'runs as another user';
/** The danger of a command that is not understood. */
export const UNCHECKED = 'runs commands that cannot be checked first';
/** The danger of a path that leads out of the project. */
export const OUTSIDE_PATH = 'reaches outside the project';

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
    UNCHECKED,
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

/**
 * Returns what programs among these words can do, on any system. Each word counts as if it were run.
 * @param programOf returns the name of a program, in small letters
 */
export function programDangers(
  words: readonly string[],
  programOf = (word: string) => basename(word).toLowerCase(),
): Set<string> {
  const found = new Set<string>();
  for (const [index, word] of words.entries()) {
    const program = programOf(word);
    for (const [phrase, names] of PROGRAMS) {
      if (names.includes(program) || names.some((name) => program.startsWith(`${name}.`))) found.add(phrase);
    }
    const later = words.slice(index + 1);
    for (const [phrase, name, argument] of PAIRS) {
      if (name.test(program) && later.some((each) => argument.test(each))) found.add(phrase);
    }
  }
  return found;
}
