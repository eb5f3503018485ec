import type { Candidate, Proposer } from './candidates.ts';
import type { Decoder } from './decoder.ts';
import { emptyText, type Text } from './text.ts';
import { NO_TIMESTAMPS, START_OF_TRANSCRIPT } from './tokenizer.ts';

/** The beginning of every transcript. */
const PROMPT: readonly number[] = [START_OF_TRANSCRIPT, NO_TIMESTAMPS];
/** A token that is not better than the next best by this can lose to it in the search, nats. */
const MARGIN = 0.25;

/** Where the search continues. */
interface Begun {
  /** The part of the draft that stays. */
  text: Text;
  /** The decoder's logits for what follows, and where they begin. */
  logits: Float32Array;
  offset: number;
}

/**
 * Begins a text with as much of a draft as the search would have written itself, in one call of the decoder. A token
 * stays when it is the best candidate at its place, and the next best one is worse by `margin`: what is closer the search
 * decides, which also looks at what follows.
 * @param margin nats
 */
export async function begin(
  decoder: Decoder,
  proposer: Proposer,
  draft: readonly number[],
  margin = MARGIN,
): Promise<Begun> {
  const logits = await decoder.append([...PROMPT, ...draft], 1);
  const offsetAfter = (tokens: number): number => (PROMPT.length - 1 + tokens) * decoder.rowLength;
  let text = emptyText(proposer.phrases);
  /** By how much each token is better than the next best. */
  const gaps: number[] = [];
  let best: Candidate | undefined;
  for (;;) {
    const candidates: Candidate[] = [];
    proposer.propose(text, 0, logits, offsetAfter(text.length), candidates);
    const [first, second] = candidates.sort((a, b) => b.score - a.score);
    best = first;
    if (best === undefined || best.token !== draft[text.length]) break;
    gaps.push(best.score - (second?.score ?? Number.NEGATIVE_INFINITY));
    text = proposer.extend(best);
  }
  const doubtful = gaps.findIndex((gap) => gap < margin);
  const kept = doubtful === -1 ? text.length : doubtful;
  while (text.length > kept && text.before !== null) text = text.before;
  decoder.cut(PROMPT.length + kept);
  return { text, logits, offset: offsetAfter(kept) };
}
