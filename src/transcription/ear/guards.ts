/** A text that is repeated at least this often in a row is a loop, by the length of what is repeated, tokens. */
const LOOPS = [
  { least: 1, times: 8 },
  { least: 2, times: 5 },
  { least: 3, times: 4 },
  { least: 6, times: 3 },
  { least: 12, times: 2 },
] as const;
/** The longest stretch that is looked for, tokens. */
const LONGEST = 64;
/**
 * Least mean log probability of a token, nats: below it the text is a guess. Of 225 clips of known sentences, plain, in noise
 * and before long silence, none with less than 30 % wrong words came below -1.0, and the one below -1.3 with at least
 * LEAST_TOKENS was all wrong (test/support/hard-sounds.ts).
 */
const LEAST_LOG_PROB = -1.3;
/** Single words cut out of a sentence came down to -2.7 though they were right, tokens. */
const LEAST_TOKENS = 4;

/** What the guards look at. */
export interface Judged {
  tokens: readonly number[];
  logProbs: readonly number[];
  /** Log probability of the end; null: the limit of tokens ended the text. */
  end: number | null;
}

/** Why a text cannot be what was said. */
export type Suspicion = 'too long' | 'repeats itself' | 'a guess';

/** Looks for signs that a text is not what was said; null: there are none. */
export function suspicionOf({ tokens, logProbs, end }: Judged): Suspicion | null {
  if (end === null) return 'too long';
  if (repeats(tokens)) return 'repeats itself';
  if (tokens.length < LEAST_TOKENS) return null;
  const sum = logProbs.reduce((total, each) => total + each, end);
  return sum / (tokens.length + 1) < LEAST_LOG_PROB ? 'a guess' : null;
}

/** Does a stretch of the tokens follow itself too often? */
export function repeats(tokens: readonly number[]): boolean {
  for (let length = 1; length <= Math.min(LONGEST, tokens.length / 2); length += 1) {
    const { times } = LOOPS.findLast(({ least }) => length >= least) ?? LOOPS[0];
    let same = 0;
    for (let at = length; at < tokens.length; at += 1) {
      same = tokens[at] === tokens[at - length] ? same + 1 : 0;
      if (same === length * (times - 1)) return true;
    }
  }
  return false;
}
