import { BEAMS, type Candidate, type Proposer } from './candidates.ts';
import type { Decoder } from './decoder.ts';
import type { Text } from './text.ts';
import { END_OF_TEXT } from './tokenizer.ts';

/**
 * Difference to the best text at which a text is dropped, nats. With 3 and 2 more words are wrong (WER of 40 synthetic
 * sentences full of names without phrases 13.9 % instead of 13.2); with 6 and 10 the WER of test/data/speech is the
 * same.
 */
const HOPELESS = 4;

interface SearchOptions {
  /** Start of the search. */
  from: Text;
  /** The decoder's logits for what follows, and where they begin. */
  logits: Float32Array;
  offset: number;
  /** Most tokens of a text. */
  limit: number;
  /** Texts that are followed at once. Default: BEAMS. */
  beams?: number;
  /** Called before each step of the decoder. @throws what ends the search */
  checkpoint: () => Promise<void>;
}

/** Result of a search. */
interface Found {
  /** The text, without the token that ends it. */
  text: Text;
  /** Log probability of the end; null: the limit ended it. */
  end: number | null;
}

/** Finds the likeliest text: it follows the best few texts at once, in one call of the decoder. */
export async function search(decoder: Decoder, proposer: Proposer, options: SearchOptions): Promise<Found> {
  const { limit, beams = BEAMS, checkpoint } = options;
  let { logits, offset } = options;
  let open: readonly Text[] = [options.from];
  let finished: Candidate | null = null;
  for (;;) {
    const candidates: Candidate[] = [];
    for (const [beam, text] of open.entries()) {
      proposer.propose(text, beam, logits, offset + beam * decoder.rowLength, candidates);
    }
    const { going, ending } = select(candidates, beams);
    if (ending !== null && (finished === null || ending.score > finished.score)) finished = ending;
    const [best] = going;
    if (finished !== null && (best === undefined || finished.score >= best.score)) {
      return { text: finished.text, end: finished.logProb };
    }
    open = going.map((candidate) => proposer.extend(candidate));
    const [longest] = open;
    if (longest === undefined || longest.length >= limit) {
      return finished
        ? { text: finished.text, end: finished.logProb }
        : { text: longest ?? options.from, end: null };
    }
    await checkpoint();
    decoder.fork(going.map(({ beam }) => beam));
    logits = await decoder.append(
      going.map(({ token }) => token),
      going.length,
    );
    offset = 0;
  }
}

/** Divides the best candidates into those that continue, best first, and the best one that ends here. */
function select(candidates: Candidate[], beams: number): { going: Candidate[]; ending: Candidate | null } {
  candidates.sort((a, b) => b.score - a.score);
  const floor = (candidates[0]?.score ?? 0) - HOPELESS;
  const going: Candidate[] = [];
  let ending: Candidate | null = null;
  for (const candidate of candidates) {
    if (going.length === beams || candidate.score < floor) break;
    if (candidate.token !== END_OF_TEXT) going.push(candidate);
    else ending ??= candidate;
  }
  return { going, ending };
}
