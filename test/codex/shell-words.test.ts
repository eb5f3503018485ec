import { describe, expect, test } from 'vitest';
import { scriptOf, shellWords } from '../../src/codex/shell-words.ts';

describe('the words of a command', () => {
  test.each<[string, string[] | null]>([
    ['ls -la', ['ls', '-la']],
    [`echo 'a b' "c d"`, ['echo', 'a b', 'c d']],
    [`'it'\\''s'`, ["it's"]],
    [`"a \\"b\\" \\$c"`, ['a "b" $c']],
    ['  ', []],
    [`''`, ['']],
    ['ls; rm x', null],
    ['echo $HOME', null],
    ['echo "$HOME"', null],
    ["echo 'unfinished", null],
  ])('%s', (command, words) => {
    expect(shellWords(command)).toEqual(words);
  });
});

describe('what the model wrote', () => {
  test.each([
    ["/bin/bash -lc 'touch a && ls'", 'touch a && ls'],
    [`/bin/bash -lc "echo \\"a b\\""`, 'echo "a b"'],
    ['bash -c ls', 'ls'],
    ['/usr/bin/zsh -lc ls', 'ls'],
    ['bash -lc ls extra', 'bash -lc ls extra'],
    ['npm test', 'npm test'],
    ['bash -x ls', 'bash -x ls'],
  ])('%s', (command, script) => {
    expect(scriptOf(command)).toBe(script);
  });
});
