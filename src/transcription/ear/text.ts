import type { PhraseState, Phrases } from './phrases.ts';

/** A text as the search sees it: its last token, and the text before that. */
export interface Text {
  /** The empty text has none. */
  readonly before: Text | null;
  readonly token: number;
  /** Natural logarithm of the token's probability. */
  readonly logProb: number;
  /** Tokens in it. */
  readonly length: number;
  /** Sum of the log probabilities, and of the bonuses for phrases. */
  readonly score: number;
  readonly phrase: PhraseState;
}

/** Returns the text without tokens. */
export function emptyText(phrases: Phrases): Text {
  return { before: null, token: -1, logProb: 0, length: 0, score: 0, phrase: phrases.start };
}

/** Returns the tokens of a text and their log probabilities, in order. */
export function tokensOf(text: Text): { tokens: number[]; logProbs: number[] } {
  const tokens = new Array<number>(text.length);
  const logProbs = new Array<number>(text.length);
  for (let at: Text = text; at.before !== null; at = at.before) {
    tokens[at.length - 1] = at.token;
    logProbs[at.length - 1] = at.logProb;
  }
  return { tokens, logProbs };
}
