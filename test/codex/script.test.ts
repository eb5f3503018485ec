import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scriptOf, shellCommand } from '../../src/codex/script.ts';

describe('what the model wrote', () => {
  test.each([
    ["/bin/bash -lc 'touch a && ls'", 'touch a && ls'],
    [`/bin/bash -lc "echo \\"a b\\""`, 'echo "a b"'],
    ['bash -c ls', 'ls'],
    ['/usr/bin/zsh -lc ls', 'ls'],
    ['bash -lc ls extra', 'bash -lc ls extra'],
    ['npm test', 'npm test'],
    ['bash -x ls', 'bash -x ls'],
    ['/nix/store/3kd-bash-5.2/bin/bash -c ls', 'ls'],
    // A program in the project that is named like a shell is not one.
    ...['/home/me/app/bash -lc ls', './sh -c ls', 'bin/sh -c ls', '/tmp/usr/bin/sh -c ls'].map(
      (command): [string, string] => [command, command],
    ),
  ])('%s', (command, script) => {
    expect(scriptOf(command)).toBe(script);
  });
});

const PROJECT = String.raw`C:\Users\me\app`;
/** The rules of the C runtime of Windows, by which Codex quotes. */
const quoted = (text: string): string =>
  text !== '' && !/[ \t\n\r"]/u.test(text)
    ? text
    : `"${text.replaceAll(/(\\*)"/gu, '$1$1\\"').replace(/(\\+)$/u, '$1$1')}"`;
const SYSTEM = String.raw`C:\Windows\System32`;

describe('the shell of a command', () => {
  test.each<[string, string, string | null]>([
    ["powershell.exe -Command 'git status'", 'git status', 'powershell'],
    [`pwsh -NoProfile -c "Get-Content 'a b'"`, "Get-Content 'a b'", 'powershell'],
    ['POWERSHELL.EXE -nologo -COMMAND ls', 'ls', 'powershell'],
    [`'${SYSTEM}\\WindowsPowerShell\\v1.0\\powershell.exe' -Command ls`, 'ls', 'powershell'],
    [`${SYSTEM}\\WindowsPowerShell\\v1.0\\powershell.exe -Command "git status"`, 'git status', 'powershell'],
    [
      String.raw`"C:\Program Files\PowerShell\7\pwsh.exe" -NoProfile -Command "echo \"a b\""`,
      'echo "a b"',
      'powershell',
    ],
    [
      "powershell.exe -Command '[Console]::OutputEncoding=[System.Text.Encoding]::UTF8;\nls'",
      'ls',
      'powershell',
    ],
    [`${SYSTEM}\\cmd.exe /c "dir src"`, 'dir src', 'cmd'],
    ["cmd /c 'dir src'", 'dir src', 'cmd'],
    ...[
      'powershell.exe -EncodedCommand SQBFAFgA',
      'powershell.exe -File x.ps1',
      'powershell.exe -ExecutionPolicy Bypass -Command ls',
      'powershell.exe -Command ls x',
      'powershell.exe -Command',
      'powershell.exe ls',
      String.raw`C:\Users\me\app\powershell.exe -Command ls`,
      String.raw`'.\powershell.exe' -Command ls`,
      String.raw`"C:\\Windows\\System32\\cmd.exe" /c dir`,
      'cmd.exe /k dir',
      `${SYSTEM}\\cmd.exe /c "dir`,
      'cmd.exe',
      "bash -lc 'ls'",
      'git status',
    ].map((command) => [command, command, null] as [string, string, null]),
  ])('%s', (command, script, shell) => {
    expect(shellCommand(command, PROJECT)).toEqual({ script, shell });
    expect(shellCommand(command, '/home/me/app').shell).toBe('posix');
  });

  test('a script survives the quoting of Windows', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab "\\\\\'\n$;') }), (script) => {
        const command = [`${SYSTEM}\\cmd.exe`, '/c', script].map(quoted).join(' ');
        expect(shellCommand(command, PROJECT)).toEqual({ script, shell: 'cmd' });
      }),
    );
  });

  test('without its shell, for display', () => {
    expect(scriptOf("powershell.exe -Command 'git status'")).toBe('git status');
  });
});
