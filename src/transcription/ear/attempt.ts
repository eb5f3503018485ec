import { SAMPLE_RATE } from '../../microphone/microphone.ts';
import { search } from './beam-search.ts';
import { Proposer } from './candidates.ts';
import { begin } from './draft.ts';
import { type Suspicion, suspicionOf } from './guards.ts';
import type { EarNetwork } from './network.ts';
import type { Phrases } from './phrases.ts';
import { tokensOf } from './text.ts';

/** Most tokens of a text: this many a second, and some more. Speech is never faster. */
const TOKENS_PER_SECOND = 9;
const MORE_TOKENS = 12;

/** The network, as far as the engine needs it. */
export type Network = Pick<EarNetwork, 'rowLength' | 'append' | 'fork' | 'cut' | 'hear' | 'reset'>;

interface AttemptOptions {
  phrases: Phrases;
  /** Tokens of the text of the first part of the same sound. */
  draft: readonly number[];
  /** Texts that are followed at once. Default: BEAMS. */
  beams: number | undefined;
  /** Works with the window of 30 s; see EarNetwork.hear. */
  whole: boolean;
  /** Called before the sound is heard. @throws what ends the work */
  checkpoint: () => Promise<void>;
  /** Called before each step of the decoder. @throws what ends the work */
  step: () => Promise<void>;
}

/** The tokens that were heard in a piece of sound. */
export interface Attempt {
  tokens: number[];
  logProbs: number[];
  /** Why they may be wrong; null: they look right. */
  suspicion: Suspicion | null;
}

/** Hears a piece of sound once. @param audio 16 kHz mono in -1 to 1, at most LONGEST samples */
export async function attempt(
  network: Network,
  audio: Float32Array,
  { phrases, draft, beams, whole, checkpoint, step }: AttemptOptions,
): Promise<Attempt> {
  const limit = Math.floor((audio.length / SAMPLE_RATE) * TOKENS_PER_SECOND) + MORE_TOKENS;
  await checkpoint();
  await network.hear(audio, whole);
  await step();
  const proposer = new Proposer(phrases);
  const begun = await begin(network, proposer, draft.slice(0, limit));
  const { text, end } = await search(network, proposer, {
    from: begun.text,
    logits: begun.logits,
    offset: begun.offset,
    limit,
    ...(beams === undefined ? {} : { beams }),
    checkpoint: step,
  });
  const { tokens, logProbs } = tokensOf(text);
  return { tokens, logProbs, suspicion: suspicionOf({ tokens, logProbs, end }) };
}
