import { readFile } from 'node:fs/promises';
import { assetPath } from '../single-file/assets.ts';
import { WordSet } from './word-set.ts';

/** Ordinary English: assets/english, with its sources beside it. */
export interface English {
  /** True for a word that nearly everyone knows, in lower case, without apostrophes. */
  isWord(word: string): boolean;
  /** True for a programmer's word in its usual spelling: `async`, `middleware`, `json`. */
  isJargon(word: string): boolean;
  /** Do these two follow each other in ordinary text? */
  isPair(first: string, second: string): boolean;
}

/** @throws VoiceError cache-unusable, program-damaged */
export async function loadEnglish(): Promise<English> {
  const [words, jargon, pairs] = await Promise.all(
    ['words', 'jargon', 'pairs'].map(
      async (name) => new WordSet(await readFile(assetPath(`english/${name}.bloom`))),
    ),
  );
  if (!words || !jargon || !pairs) throw new Error('unreachable: three were loaded');
  return {
    isWord: (word) => words.has(word),
    isJargon: (word) => jargon.has(word),
    isPair: (first, second) => pairs.has(`${first} ${second}`),
  };
}
