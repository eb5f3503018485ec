import { expect, test } from 'vitest';
import { assetPath } from '../../../src/single-file/assets.ts';
import { Tokenizer } from '../../../src/transcription/ear/tokenizer.ts';
import { mean, wordsOf } from '../../../src/transcription/ear/words.ts';
import { alignWords } from '../../../src/transcription/join.ts';

const tokenizer = await Tokenizer.load(assetPath('ear/tokens.json'));

/** The words of a text whose tokens have these probabilities. */
function words(text: string, ...probabilities: number[]) {
  const tokens = tokenizer.encode(text);
  expect(tokens).toHaveLength(probabilities.length);
  return wordsOf(tokens, probabilities.map(Math.log), tokenizer).map(({ text: word, confidence }) => [
    word,
    Number(confidence.toFixed(3)),
  ]);
}

test('a word has the mean probability of its tokens', () => {
  expect(words(' Run kubectl', 0.9, 0.5, 0.6, 0.7, 0.6)).toEqual([
    ['Run', 0.9],
    ['kubectl', 0.6],
  ]);
});

test('punctuation does not count for the word that it follows', () => {
  expect(words(' Yes, no.', 0.9, 0.1, 0.8, 0.2)).toEqual([
    ['Yes,', 0.9],
    ['no.', 0.8],
  ]);
  expect(words(' Yes -', 0.9, 0.4)).toEqual([
    ['Yes', 0.9],
    ['-', 0.4],
  ]);
});

test('a character of several tokens is one', () => {
  expect(words(' 誕', 0.5, 0.9, 0.7)).toEqual([['誕', 0.7]]);
});

test('no tokens, no words', () => {
  expect(wordsOf([], [], tokenizer)).toEqual([]);
  expect(mean([])).toBe(0);
});

test('the words of a joined text keep their confidence', () => {
  const pieces = [
    { text: 'Open', confidence: 0.9 },
    { text: 'the...', confidence: 0.8 },
    { text: '-', confidence: 0.1 },
    { text: 'The', confidence: 0.7 },
    { text: 'file.', confidence: 0.6 },
  ];
  expect(alignWords('Open the the file.', pieces)).toEqual([
    { text: 'Open', confidence: 0.9 },
    { text: 'the', confidence: 0.8 },
    { text: 'the', confidence: 0.7 },
    { text: 'file.', confidence: 0.6 },
  ]);
});
