/** Words that mean the same and are spelt in several ways; both texts are brought to one. */
const SPELLINGS: Record<string, string> = {
  '0': 'zero',
  '1': 'one',
  '2': 'two',
  '3': 'three',
  '4': 'four',
  '5': 'five',
  '6': 'six',
  '7': 'seven',
  '8': 'eight',
  '9': 'nine',
  '10': 'ten',
  '20th': 'twentieth',
  '42': 'forty two',
  '1455': 'fourteen fifty five',
  okay: 'ok',
};

export interface WordErrors {
  substitutions: number;
  deletions: number;
  insertions: number;
  /** Words of the reference. */
  words: number;
  /** Errors by words of the reference, 0 to 1 and above. */
  rate: number;
}

/** Lower-case words without punctuation; apostrophes inside a word are dropped. */
export function normaliseWords(text: string): string[] {
  return text
    .toLowerCase()
    .normalize('NFKC')
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .split(' ')
    .flatMap((word) => (Object.hasOwn(SPELLINGS, word) ? (SPELLINGS[word] ?? word) : word).split(' '))
    .filter((word) => word !== '');
}

/** The fewest word errors that turn the reference into the hypothesis (Levenshtein on words). */
export function wordErrors(reference: string, hypothesis: string): WordErrors {
  const expected = normaliseWords(reference);
  const actual = normaliseWords(hypothesis);
  let row = actual.map((_, index) => ({ substitutions: 0, deletions: 0, insertions: index + 1 }));
  row.unshift({ substitutions: 0, deletions: 0, insertions: 0 });
  for (const [index, word] of expected.entries()) {
    const next = [{ substitutions: 0, deletions: index + 1, insertions: 0 }];
    for (const [column, heard] of actual.entries()) {
      const diagonal = row[column] ?? fail();
      const above = row[column + 1] ?? fail();
      const left = next[column] ?? fail();
      const options = [
        word === heard ? diagonal : { ...diagonal, substitutions: diagonal.substitutions + 1 },
        { ...above, deletions: above.deletions + 1 },
        { ...left, insertions: left.insertions + 1 },
      ];
      next.push(options.reduce((best, option) => (sum(option) < sum(best) ? option : best)));
    }
    row = next;
  }
  const errors = row.at(-1) ?? fail();
  return { ...errors, words: expected.length, rate: rate(sum(errors), expected.length) };
}

/** The errors of several texts together. */
export function totalErrors(all: WordErrors[]): WordErrors {
  const total = { substitutions: 0, deletions: 0, insertions: 0, words: 0 };
  for (const errors of all) {
    total.substitutions += errors.substitutions;
    total.deletions += errors.deletions;
    total.insertions += errors.insertions;
    total.words += errors.words;
  }
  return { ...total, rate: rate(sum(total), total.words) };
}

interface Edits {
  substitutions: number;
  deletions: number;
  insertions: number;
}

function sum({ substitutions, deletions, insertions }: Edits): number {
  return substitutions + deletions + insertions;
}

function rate(errors: number, words: number): number {
  return words === 0 ? (errors === 0 ? 0 : 1) : errors / words;
}

function fail(): never {
  throw new Error('unreachable: the rows have one cell more than the hypothesis has words');
}
