import type { Phrases } from './phrases.ts';
import { RowReader } from './scores.ts';
import type { Text } from './text.ts';
import { END_OF_TEXT, SPACE } from './tokenizer.ts';

/** Texts that are followed at once. */
export const BEAMS = 4;
/** Bonus of each token of a phrase, nats (measured with 1,750 phrases: docs/models.md). */
const BONUS = 2;
/** How much less likely than the best token a token that continues a phrase may be, nats. */
const GOES_ON_WITHIN = 9;
/** The same for a token that begins a phrase. */
const BEGINS_WITHIN = 5;
/** Tokens that never begin a transcript. */
const NOT_FIRST: readonly number[] = [SPACE, END_OF_TEXT];

/** A token that may come next in a text. */
export interface Candidate {
  readonly text: Text;
  /** Place of the text among those that are followed. */
  readonly beam: number;
  readonly token: number;
  readonly logProb: number;
  /** Score of the text with the token. */
  readonly score: number;
}

/** Proposes the tokens that may come next: the likely ones, and those that a phrase makes likely. */
export class Proposer {
  readonly phrases: Phrases;
  readonly #reader = new RowReader(BEAMS + 4);

  constructor(phrases: Phrases) {
    this.phrases = phrases;
  }

  /** Adds the candidates for `text`. Its next token's logits begin at `offset` of `logits`. */
  propose(text: Text, beam: number, logits: Float32Array, offset: number, into: Candidate[]): void {
    const { tokens, logSum, best } = this.#reader.read(
      logits,
      offset,
      END_OF_TEXT + 1,
      text.length === 0 ? NOT_FIRST : [],
    );
    const add = (token: number, logProb: number): void => {
      into.push({ text, beam, token, logProb, score: text.score + logProb + this.#bonus(text, token) });
    };
    const addLikely = (token: number, within: number): void => {
      const logProb = (logits[offset + token] ?? 0) - logSum;
      if (logProb >= best - within && !tokens.includes(token)) add(token, logProb);
    };
    for (const token of tokens) add(token, (logits[offset + token] ?? 0) - logSum);
    const { node } = text.phrase;
    if (node !== this.phrases.start.node)
      for (const token of node.next.keys()) addLikely(token, GOES_ON_WITHIN);
    for (const token of this.phrases.firstTokens) {
      if (node === this.phrases.start.node || !node.next.has(token)) addLikely(token, BEGINS_WITHIN);
    }
  }

  /** Returns the text with the candidate's token. */
  extend({ text, token, logProb, score }: Candidate): Text {
    const phrase = this.phrases.advance(text.phrase, token).state;
    return { before: text, token, logProb, length: text.length + 1, score, phrase };
  }

  #bonus(text: Text, token: number): number {
    return BONUS * this.phrases.advance(text.phrase, token).gained;
  }
}
