import type { HeardWord } from '../transcriber.ts';
import type { Tokenizer } from './tokenizer.ts';

const SPACES = /^[ \n\t]/u;
const SPOKEN = /[\p{L}\p{N}]/u;

/** A word while its tokens are being collected. */
interface Collected {
  bytes: Buffer[];
  /** Probabilities of tokens with letters or digits, and of all. */
  spoken: number[];
  all: number[];
}

/**
 * Divides tokens into the words of their text. Punctuation counts for a word that is nothing else: how sure the engine
 * is of a comma says nothing about the word before it.
 * @param logProbs natural logarithms of the tokens' probabilities
 */
export function wordsOf(
  tokens: readonly number[],
  logProbs: readonly number[],
  tokenizer: Tokenizer,
): HeardWord[] {
  const words: Collected[] = [];
  let word: Collected | null = null;
  for (const [index, token] of tokens.entries()) {
    const bytes = tokenizer.bytesOf(token);
    const text = bytes.toString('utf8');
    if (word === null || SPACES.test(text)) {
      word = { bytes: [], spoken: [], all: [] };
      words.push(word);
    }
    const probability = Math.exp(logProbs[index] ?? 0);
    word.bytes.push(bytes);
    word.all.push(probability);
    // A part of a character is decoded as U+FFFD, and may be of a letter.
    if (SPOKEN.test(text) || text.includes('\uFFFD')) word.spoken.push(probability);
  }
  return words.flatMap(({ bytes, spoken, all }) => {
    const text = Buffer.concat(bytes).toString('utf8').trim();
    return text === '' ? [] : [{ text, confidence: mean(spoken.length > 0 ? spoken : all) }];
  });
}

/**
 * Returns the probability of the mark that ends a text; null without one. Half a sentence often gets a full stop, but
 * rarely with confidence.
 */
export function endMarkOf(
  tokens: readonly number[],
  logProbs: readonly number[],
  tokenizer: Tokenizer,
): number | null {
  const last = tokens.at(-1);
  if (last === undefined || !/[.?!]["'”’)]*$/u.test(tokenizer.bytesOf(last).toString('utf8'))) return null;
  return Math.exp(logProbs.at(-1) ?? 0);
}

/** Returns the mean; 0 without numbers. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
