import { expect, test } from 'vitest';
import { normaliseWords, totalErrors, wordErrors } from './wer.ts';

test('case, punctuation, apostrophes and the spelling of numbers do not count', () => {
  expect(normaliseWords('“God bless ’em!” — the 42-line Bible, okay?')).toEqual(
    'god bless em the forty two line bible ok'.split(' '),
  );
});

test.each([
  ['a b c', 'a b c', [0, 0, 0]],
  ['a b c', 'a x c', [1, 0, 0]],
  ['a b c', 'a c', [0, 1, 0]],
  ['a b c', 'a b b c', [0, 0, 1]],
  ['a b c', '', [0, 3, 0]],
  ['a b c d', 'x a b d', [0, 1, 1]],
])('%j heard as %j', (reference, hypothesis, [substitutions, deletions, insertions]) => {
  const words = reference.split(' ').length;
  expect(wordErrors(reference, hypothesis)).toMatchObject({ substitutions, deletions, insertions, words });
});

test('the rate of several texts is that of their words together', () => {
  const total = totalErrors([wordErrors('a b c', 'a b x'), wordErrors('d', '')]);
  expect(total).toEqual({ substitutions: 1, deletions: 1, insertions: 0, words: 4, rate: 0.5 });
});
