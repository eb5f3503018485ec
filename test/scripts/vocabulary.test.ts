import { describe, expect, it } from 'vitest';
import { checkedFiles, turnsIn } from '../../scripts/vocabulary.ts';

describe('the vocabulary check', () => {
  it.each([
    ['It is told why.', 'is told'],
    ['A file of which nothing is known', 'of which'],
    ['What the person said', 'the person'],
    ['joined by blanks', 'by blanks'],
    ['a window of its own', 'of its own'],
    ['the text stays as it is.', 'as it is'],
  ])('finds "%s"', (text, turn) => {
    expect(turnsIn(`first\n${text}`)).toEqual([expect.stringContaining(`2: "${turn}"`)]);
  });

  it.each([
    'It is grabbed as soon as it is free.',
    'socket_decisions = "nobody"',
    'row.push(blank(2));',
    'blank audio',
    'The file does not match.',
  ])('lets "%s" pass', (text) => {
    expect(turnsIn(text)).toEqual([]);
  });

  it('reads the documentation, the scripts and src', () => {
    expect(checkedFiles()).toEqual(
      expect.arrayContaining(['README.md', 'docs/settings.md', 'scripts/setup.sh', 'src/errors.ts']),
    );
  });
});
