import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A sentence about code. */
export interface Sentence {
  tree: string;
  /** As it should be written. */
  written: string;
  /** What is said aloud. */
  spoken: string;
  /** The names in it. */
  names: string[];
}

/** The names of a project. */
export interface Tree {
  name: string;
  files: string[];
  identifiers: Record<string, number>;
}

const DATA = new URL('../../data/vocabulary/', import.meta.url);

export function treeOf(name: string): Tree {
  return JSON.parse(readFileSync(new URL(`${name}.json`, DATA), 'utf8'));
}

/** The sentences about code; a third of them, by a hash of what is said, is for the final figure alone. */
export function sentencesOf(part: 'tuning' | 'held-out'): Sentence[] {
  const all: Sentence[] = JSON.parse(readFileSync(new URL('sentences.json', DATA), 'utf8'));
  return all.filter(({ spoken }) => isHeldOut(spoken) === (part === 'held-out'));
}

function isHeldOut(text: string): boolean {
  return createHash('sha256').update(text).digest().readUInt32BE(0) % 3 === 0;
}

/** Sentences in plain English, some about programs, with no name of a project in them. */
export function plainSentences(): string[] {
  return readFileSync(new URL('plain.txt', DATA), 'utf8').trim().split('\n');
}
