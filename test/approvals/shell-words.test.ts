import { describe, expect, test } from 'vitest';
import { shellWords } from '../../src/approvals/shell-words.ts';

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
