import { expect, test } from 'vitest';
import { spelledWord } from '../../../src/interpretation/corrections/spelling.ts';

test.each([
  ['k, u, b, e', 'kube'],
  ['K U B E', 'kube'],
  ['K-U-B-E.', 'kube'],
  ['K.U.B.E.', 'kube'],
  ['KUBE', 'kube'],
  ['capital K u b e', 'Kube'],
  ['kilo uniform bravo echo', 'kube'],
  ['f o o underscore b a r dot p y', 'foo_bar.py'],
  ['o l l a m a dash two', 'ollama-2'],
  ['o double l a m a', 'ollama'],
  ['double you s', 'ws'],
  ['k you b e', 'kube'],
  ['F-O-O_B-A-R', 'foo_bar'],
])('%j is %s', (said, word) => {
  expect(spelledWord(said)).toBe(word);
});

test.each(['', 'k', 'wrong', 'k u banana', 'are you', 'capital', '1 2 3', 'you are', 'a '.repeat(50)])(
  '%j is no word',
  (said) => {
    expect(spelledWord(said)).toBeNull();
  },
);
