import { expect, test } from 'vitest';
import { Phrases } from '../../../src/transcription/ear/phrases.ts';

/** What each token adds to the bonus. */
function gains(phrases: Phrases, tokens: readonly number[]): number[] {
  let state = phrases.start;
  return tokens.map((token) => {
    const step = phrases.advance(state, token);
    state = step.state;
    return step.gained;
  });
}

test('each token of a phrase adds to the bonus, and what breaks off is taken back', () => {
  const phrases = new Phrases([[1, 2, 3], [5]]);
  expect(gains(phrases, [1, 2, 3, 9])).toEqual([1, 1, 1, 0]);
  expect(gains(phrases, [1, 2, 9])).toEqual([1, 1, -2]);
  expect(gains(phrases, [9, 1, 1, 2, 3])).toEqual([0, 1, 0, 1, 1]);
  expect(gains(phrases, [1, 2, 5, 5])).toEqual([1, 1, -1, 1]);
});

test('a phrase that is complete stays, also when a longer one breaks off', () => {
  const phrases = new Phrases([
    [1, 2],
    [1, 2, 3, 4],
  ]);
  expect(gains(phrases, [1, 2, 9])).toEqual([1, 1, 0]);
  expect(gains(phrases, [1, 2, 3, 9])).toEqual([1, 1, 1, -1]);
  expect(gains(phrases, [1, 2, 3, 4])).toEqual([1, 1, 1, 1]);
});

test('phrases may share beginnings, repeat, or be empty', () => {
  const phrases = new Phrases([[1, 2], [1, 3], [], [1, 2]]);
  expect([...phrases.firstTokens]).toEqual([1]);
  expect(gains(phrases, [1, 3, 1, 2])).toEqual([1, 1, 1, 1]);
  expect(gains(new Phrases([]), [1, 2])).toEqual([0, 0]);
});
