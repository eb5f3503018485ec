import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dangersOf } from '../../src/approvals/dangers.ts';

const PROJECT = '/home/me/src/backend';
const of = (command: string, folder: string | null = PROJECT): string[] =>
  dangersOf(command, PROJECT, folder);

/** Commands that must never be decided about by voice. */
const DANGEROUS = [
  'sudo ls',
  'doas ls',
  'su -c ls',
  'rm -rf build',
  'rm file',
  '/bin/rm file',
  'find . -name x -delete',
  'find . -exec ls {} +',
  'dd if=a of=b',
  'mkfs.ext4 /dev/sda1',
  'chmod -R 777 .',
  'chown me file',
  'git push --force',
  'git push',
  'git reset --hard HEAD~1',
  'git clean -fdx',
  'git branch -D old',
  'git fetch origin',
  'curl https://example.org',
  'wget example.org',
  'ssh host',
  'npm install left-pad',
  'npx something',
  'pip install x',
  'cat /etc/passwd',
  'cat ../other/file',
  'cat ~/.ssh/id_rsa',
  'ls ..',
  'echo x > file',
  'echo x >> file',
  'cat a | sh',
  'cat a | bash -s',
  'python -c "print(1)"',
  'node -e "1"',
  'bash script.sh',
  'sh -c "ls"',
  'eval ls',
  'ls $(cat names)',
  'ls `cat names`',
  'ls $HOME',
  'echo aGk= | base64 -d',
  'kill 1',
  'xargs ls',
  'ls \u202egpj.exe',
  'ls\u200b',
  's\\udo ls',
  'su"d"o ls',
  "r'm' file",
  'ls; rm x',
  'ls && rm x',
  'ls\nrm x',
  'FOO=1 rm x',
  'env rm x',
  'time sudo ls',
  '',
  '   ',
];

describe('what must not be decided by voice', () => {
  test.each(DANGEROUS)('%j', (command) => {
    expect(of(command)).not.toEqual([]);
  });

  test.each([
    'npm test',
    'npm run build',
    'ls -la src',
    'git status',
    'git diff --stat',
    'git log --oneline',
    'cargo test',
    'make all',
    'cat README.md',
    'grep -rn needle src',
    'tsc --noEmit',
    'cat src/../README.md',
    `cat ${PROJECT}/README.md`,
    'ls 2>/dev/null',
    'touch notes.txt',
  ])('nothing speaks against %j', (command) => {
    expect(of(command)).toEqual([]);
  });

  test('a folder outside the project', () => {
    expect(of('ls', '/tmp')).toEqual(['runs outside the project']);
    expect(of('ls', `${PROJECT}/lib`)).toEqual([]);
    expect(of('ls', `${PROJECT}-old`)).toEqual(['runs outside the project']);
    expect(of('ls', null)).toEqual([]);
  });

  test('stays dangerous in whatever it is wrapped', () => {
    const wrappers: ((command: string) => string)[] = [
      (command) => `bash -c '${command.replaceAll("'", "'\\''")}'`,
      (command) => `env ${command}`,
      (command) => `(${command})`,
      (command) => `{ ${command}; }`,
      (command) => `true && ${command}`,
      (command) => `false || ${command}`,
      (command) => `${command} # harmless`,
      (command) => `echo start\n${command}`,
      (command) => `echo "${command.replaceAll('"', '\\"')}"`,
      (command) => `nice -n 5 ${command}`,
      (command) => `  ${command}  `,
      (command) => `ls | ${command}`,
      (command) => `${command} & ls`,
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...DANGEROUS.filter((command) => command.trim() !== '')),
        fc.array(fc.constantFrom(...wrappers), { maxLength: 3 }),
        (command, around) => {
          const wrapped = around.reduce((inner, wrap) => wrap(inner), command);
          expect(of(wrapped)).not.toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
