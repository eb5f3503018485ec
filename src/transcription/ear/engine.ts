import { VoiceError } from '../../errors.ts';
import { SAMPLE_RATE } from '../../microphone/microphone.ts';
import { alignWords, joinPieces } from '../join.ts';
import type { HeardWord } from '../transcriber.ts';
import { type Attempt, attempt, type Network } from './attempt.ts';
import { divide, halve } from './divide.ts';
import { type Suspicion, stopsEarly } from './guards.ts';
import { LONGEST } from './network.ts';
import { Phrases } from './phrases.ts';
import type { Tokenizer } from './tokenizer.ts';
import { endMarkOf, mean, wordsOf } from './words.ts';

/** A sound that is heard in halves is not divided closer to its ends than this, samples: 1 s. */
const LEAST_HALF = SAMPLE_RATE;
/** Texts whose tokens are remembered: the next draft is one of them, or the beginning of one. */
const REMEMBERED = 8;

export interface HearOptions {
  /** Phrases that are likely. */
  phrases?: Phrases | undefined;
  /** The text of the first part of the same sound. */
  draft?: string;
  /** Texts that are followed at once; 1 is a greedy search. Default: BEAMS. */
  beams?: number;
  /** Skips the second try with the window of 30 s, because a partial text has no time for it. */
  hasty?: boolean;
  /** Called before each step of the network. @throws what ends the work */
  checkpoint?: () => Promise<void>;
}

/** A transcript. */
interface Heard {
  text: string;
  /** Mean probability of the tokens, 0 to 1; 0 for an empty text. */
  confidence: number;
  words: HeardWord[];
  /** Probability of the mark that ends the sentence, 0 to 1; null if there is none. */
  endMark: number | null;
  /** Number of calls of the decoder. */
  calls: number;
}

const NO_PHRASES = new Phrases([]);

/** Turns sound into text with the ear's network. One sound at a time. */
export class EarEngine {
  readonly #network: Network;
  readonly #tokenizer: Tokenizer;
  /** Tokens of the latest texts, oldest first. */
  readonly #latest = new Map<string, number[]>();
  #calls = 0;

  constructor(network: Network, tokenizer: Tokenizer) {
    this.#network = network;
    this.#tokenizer = tokenizer;
  }

  /**
   * Transcribes a sound of any length.
   * @param audio 16 kHz mono in -1 to 1
   * @throws VoiceError speech-unclear; what `checkpoint` throws
   */
  async hear(audio: Float32Array, options: HearOptions = {}): Promise<Heard> {
    this.#calls = 0;
    try {
      const pieces: Attempt[] = [];
      // A draft is of the whole sound: it helps the first piece.
      for (const [index, piece] of divide(audio, LONGEST).entries()) {
        pieces.push(...(await this.#hearPiece(piece, index === 0 ? options : { ...options, draft: '' })));
      }
      return this.#heard(pieces);
    } finally {
      this.#network.reset();
    }
  }

  /** Makes the first phrases and drafts quick. */
  prepare(): void {
    this.#tokenizer.prepare();
  }

  /** Prepares phrases for hear(). */
  phrases(phrases: readonly string[]): Phrases {
    return Phrases.of(phrases, this.#tokenizer);
  }

  async #hearPiece(audio: Float32Array, options: HearOptions): Promise<Attempt[]> {
    const first = await this.#attempt(audio, options, false);
    if (this.#accepts(first)) return options.hasty ? [first] : this.#completed(first, audio, options);
    if (options.hasty) throw unclear(first.suspicion);
    const second = await this.#attempt(audio, { ...options, draft: '' }, true);
    if (this.#accepts(second)) return this.#completed(second, audio, options);
    throw unclear(second.suspicion);
  }

  /** Hears the two halves of a sound whose text stopped early, where they have more words than the whole. */
  async #completed(piece: Attempt, audio: Float32Array, options: HearOptions): Promise<Attempt[]> {
    if (!stopsEarly(audio, piece.tokens.length) || isNote(this.#tokenizer.decode(piece.tokens)))
      return [piece];
    const halves: Attempt[] = [];
    try {
      for (const half of halve(audio, LEAST_HALF)) {
        halves.push(...(await this.#hearPiece(half, { ...options, draft: '' })));
      }
    } catch (error) {
      if (error instanceof VoiceError && error.code === 'speech-unclear') return [piece];
      throw error;
    }
    const tokens = halves.reduce((sum, half) => sum + half.tokens.length, 0);
    return tokens > piece.tokens.length ? halves : [piece];
  }

  #accepts({ suspicion, tokens }: Attempt): boolean {
    return suspicion === null || isNote(this.#tokenizer.decode(tokens));
  }

  #attempt(audio: Float32Array, options: HearOptions, whole: boolean): Promise<Attempt> {
    const { phrases = NO_PHRASES, draft = '', beams, checkpoint = async () => undefined } = options;
    const step = (): Promise<void> => {
      this.#calls += 1;
      return checkpoint();
    };
    const tokens = this.#tokensOf(draft);
    return attempt(this.#network, audio, { phrases, draft: tokens, beams, whole, checkpoint, step });
  }

  #tokensOf(draft: string): number[] {
    if (draft.trim() === '') return [];
    return this.#latest.get(draft) ?? this.#tokenizer.encode(` ${draft.trim()}`);
  }

  #heard(pieces: readonly Attempt[]): Heard {
    const texts = pieces.map(({ tokens }) => this.#tokenizer.decode(tokens).trim());
    const text = joinPieces(texts);
    const words = pieces.flatMap(({ tokens, logProbs }) => wordsOf(tokens, logProbs, this.#tokenizer));
    const [only, ...more] = pieces;
    const last = pieces.at(-1);
    if (only !== undefined && more.length === 0) this.#remember(text, only.tokens);
    return {
      text,
      confidence: mean(pieces.flatMap(({ logProbs }) => logProbs.map(Math.exp))),
      words: pieces.length === 1 ? words : alignWords(text, words),
      endMark: last === undefined ? null : endMarkOf(last.tokens, last.logProbs, this.#tokenizer),
      calls: this.#calls,
    };
  }

  #remember(text: string, tokens: number[]): void {
    this.#latest.delete(text);
    this.#latest.set(text, tokens);
    const oldest = this.#latest.keys().next();
    if (this.#latest.size > REMEMBERED && !oldest.done) this.#latest.delete(oldest.value);
  }
}

/** "[BLANK_AUDIO]" and the like say that nothing was said, which is for others to judge. */
function isNote(text: string): boolean {
  return /^\s*(?:[[(*♪][^\])]*[\])*♪]?\s*)*$/u.test(text);
}

function unclear(suspicion: Suspicion | null): VoiceError {
  const reasons: Record<Suspicion, string> = {
    'too long': 'it heard more words than fit into the recording',
    'repeats itself': 'it heard the same words over and over',
    'a guess': 'it could only guess the words',
  };
  return new VoiceError(
    'speech-unclear',
    `The speech engine did not understand the recording: ${reasons[suspicion ?? 'a guess']}.`,
    'Say it again, closer to the microphone or in a quieter place.',
  );
}
