import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import { SAMPLE_RATE } from '../microphone/microphone.ts';
import { type SoundSoFar, TAIL_MS } from '../speech/listen.ts';
import type { PauseText } from '../speech/patience.ts';
import { Agreement } from './agreement.ts';
import { joinPieces, joinTranscripts } from './join.ts';
import { type Gap, Pauses, quietest } from './pauses.ts';
import type { Transcriber, Transcript } from './transcriber.ts';

/**
 * Silence after which the text so far is transcribed as if it were complete, ms: two frames of the detector. A longer
 * time hardly saves work, and the text is the same (docs/endpointing.md).
 */
export const SPECULATE_MS = 64;
/**
 * A pause this long divides a dictation, when what it ends is long enough to stand alone, ms: a sentence that Whisper
 * hears without the others is understood worse. 68 s of test/data/speech in pieces of at least 8 s: WER 5.2 %, of 12 s:
 * 2.0 %, from 16 s on: 1.3 %; in one piece 2.0 % (live.integration.test.ts prints it).
 */
const PIECE_PAUSE_MS = 500;
const LEAST_PIECE_MS = 16_000;
/** Without such a pause it is divided at the best gap between these: Whisper hears 30 s at once, ms. */
const EARLIEST_GAP_MS = 8_000;
const LONGEST_PIECE_MS = 27_000;

/**
 * Time from the start of one partial decode to the next, ms: eight frames of the detector, so that
 * there are new words at least every 300 ms. An engine that needs more than half of it rests as long as it worked.
 */
const PARTIAL_MS = 256;
/** Speech before the first partial decode, ms: its text is there after 600 ms of speech. */
const FIRST_PARTIAL_MS = 480;
/** An engine that takes longer for a text than this has no time for partial ones, and is asked later in a pause, ms. */
const SLOW_MS = 1_000;
const SLOW_SPECULATE_MS = 250;

/** How quick the engine is, from one utterance to the next. */
export interface Pace {
  /** Time for its latest text, ms; null: unknown so far. */
  ms: number | null;
}

interface LiveTranscriptParts {
  transcriber: Transcriber;
  pace: Pace;
  /** Words and phrases that are likely in what is said, see TranscribeOptions. Asked for at each decode. */
  phrases: () => readonly string[];
  /** The text so far; its first `stable` characters will probably stay. */
  onPartial: (text: string, stable: number) => void;
  /**
   * The text to show, without unspoken parts; null: the engine writes such a text for noise.
   * @param speechMs how much speech the sound holds
   */
  clean: (text: string, speechMs: number) => string | null;
  logger: Logger;
}

/** Sound that is being transcribed. */
interface Decode {
  audio: Float32Array;
  /** Behind the last frame of speech that was heard when it began, sample: more speech makes it void. */
  heardUntil: number;
  /** Speech in it. */
  speechMs: number;
  abort: AbortController;
  result: Promise<Transcript>;
  /** null: it is not ready, or failed. */
  text: string | null;
  /** @see Transcript */
  endMark: number | undefined;
}

/**
 * The text of an utterance while it is being spoken. In every pause the decode begins that counts if nothing more is
 * said; when more is said it ends at once. Long dictation is decoded in pieces, at pauses, while the user keeps speaking.
 * When the engine has time, partial texts show how far it is.
 *
 * A decode is known by its object alone, and belongs to this utterance alone: what is void is dropped before anything
 * else begins, so that no text can come from another moment or another utterance.
 */
export class LiveTranscript {
  readonly #parts: LiveTranscriptParts;
  readonly #pauses = new Pauses();
  /** Finished decodes before #from. */
  readonly #pieces: Decode[] = [];
  /** First sample that belongs to no piece; null before the first word. */
  #from: number | null = null;
  /** Speech before #from. */
  #speechBefore = 0;
  /** The decode of all since #from up to this pause. */
  #guess: Decode | null = null;
  #partial: Decode | null = null;
  /** No partial text begins before this sample. */
  #partialFrom = 0;
  /** The latest text of the sound since #from: most of it stays right in the next one. */
  #draft: string | null = null;
  readonly #agreement = new Agreement();
  #over = false;

  constructor(parts: LiveTranscriptParts) {
    this.#parts = parts;
  }

  /** All that was said up to this pause; undefined while the user speaks, or until it is known. */
  get pauseText(): PauseText | undefined {
    const guess = this.#guess;
    if (guess === null || guess.text === null) return undefined;
    return { text: this.#joined(guess.text), endMark: guess.endMark };
  }

  /** Takes note of the next frame of the detector. */
  follow(sound: SoundSoFar): void {
    if (this.#over || sound.start === null) return;
    this.#from ??= sound.start;
    this.#pauses.add(sound);
    if (this.#guess !== null && this.#guess.heardUntil !== sound.heardUntil) this.#goOn(this.#guess, sound);
    if (!sound.speaking) {
      const silence = sound.judged - sound.heardUntil;
      const enough = this.#quick ? SPECULATE_MS : SLOW_SPECULATE_MS;
      if (this.#guess === null && silence >= samples(enough)) this.#speculate(this.#from, sound);
    } else if (sound.judged - this.#from >= samples(LONGEST_PIECE_MS)) this.#divide(this.#from, sound);
    else this.#perhapsShow(this.#from, sound);
  }

  /**
   * Returns the text of a finished recording, using what was decoded ahead.
   * @param audio the whole recording, if nothing was decoded ahead
   * @throws VoiceError engine-failed; AbortError
   */
  async finish(sound: SoundSoFar, audio: Float32Array, signal?: AbortSignal): Promise<Transcript> {
    this.#over = true;
    this.#drop(this.#partial);
    const begun = new Set([...this.#pieces, this.#guess]);
    const cancel = (): void => this.close();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      signal?.throwIfAborted();
      const decodes = [...this.#pieces, ...this.#rest(sound, audio)];
      const texts = await Promise.all(decodes.map((decode) => this.#textOf(decode, begun)));
      signal?.throwIfAborted();
      // A piece of noise must not add a "Thank you." to what was said.
      const said = texts.filter(({ text }, index) => {
        const speechMs = decodes[index]?.speechMs ?? 0;
        return texts.length === 1 || this.#parts.clean(text, speechMs) !== null;
      });
      return joinTranscripts(said);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Discards the text; the current decode ends. */
  close(): void {
    this.#over = true;
    for (const decode of [this.#partial, this.#guess, ...this.#pieces]) this.#drop(decode);
  }

  /** Decodes the sound after the last piece: the text of this pause if there was no speech since, else a new decode. */
  #rest(sound: SoundSoFar, audio: Float32Array): Decode[] {
    const guess = this.#guess;
    if (guess?.heardUntil === sound.heardUntil) return [guess];
    this.#drop(guess);
    const speechMs = sound.speechMs - this.#speechBefore;
    if (this.#pieces.length === 0 || this.#from === null) return [this.#decode(audio, sound, speechMs)];
    if (speechMs <= 0) return [];
    return [this.#decode(upToPause(this.#from, sound), sound, speechMs)];
  }

  /** Retries once what failed before it was needed. @param begun what was decoded ahead */
  async #textOf(decode: Decode, begun: ReadonlySet<Decode | null>): Promise<Transcript> {
    const { audio, result } = decode;
    const { signal } = decode.abort;
    try {
      return await result;
    } catch (error) {
      // A sound that is not understood stays so.
      const final = error instanceof VoiceError && error.code === 'speech-unclear';
      if (signal.aborted || final || !begun.has(decode)) throw error;
      this.#parts.logger.warn({ err: error }, 'what was decoded ahead failed');
      return this.#parts.transcriber.transcribe(audio, { signal, phrases: this.#parts.phrases() });
    }
  }

  #speculate(from: number, sound: SoundSoFar): void {
    this.#drop(this.#partial);
    const guess = this.#decode(upToPause(from, sound), sound, sound.speechMs - this.#speechBefore);
    this.#guess = guess;
    this.#showWhenReady(guess, () => this.#guess === guess);
  }

  /** More is said: what this pause ended stays as a piece, or is void. */
  #goOn(guess: Decode, sound: SoundSoFar): void {
    this.#guess = null;
    const gap = this.#pauses.latest;
    const pause = gap === null ? 0 : gap.to - gap.from;
    const spoken = guess.heardUntil - (this.#from ?? 0);
    if (gap !== null && pause >= samples(PIECE_PAUSE_MS) && spoken >= samples(LEAST_PIECE_MS)) {
      this.#keep(guess, gap);
    } else {
      this.#drop(guess);
      // It has cost the engine something, too.
      this.#partialFrom = Math.max(this.#partialFrom, sound.judged + samples(PARTIAL_MS / 2));
    }
  }

  /** Speech without such a pause is divided at the best gap that it has. */
  #divide(from: number, sound: SoundSoFar): void {
    this.#drop(this.#partial);
    const gap = this.#pauses.longest(from + samples(EARLIEST_GAP_MS)) ?? quietest(sound);
    const audio = sound.slice(from, middleOf(gap));
    this.#keep(this.#decode(audio, sound, gap.speechMs - this.#speechBefore), gap);
  }

  #keep(piece: Decode, gap: Gap): void {
    this.#pieces.push(piece);
    this.#speechBefore += piece.speechMs;
    this.#from = middleOf(gap);
    this.#draft = null;
    this.#pauses.forget(this.#from);
  }

  /** A partial text, when there was enough speech since the last one and the engine is quick enough. */
  #perhapsShow(from: number, sound: SoundSoFar): void {
    if (this.#partial !== null || sound.judged < this.#partialFrom) return;
    const speechMs = sound.speechMs - this.#speechBefore;
    if (speechMs < FIRST_PARTIAL_MS || !this.#quick) return;
    const audio = sound.slice(from, sound.judged);
    const partial = this.#decode(audio, sound, speechMs, { yields: true });
    this.#partial = partial;
    this.#partialFrom = sound.judged + samples(PARTIAL_MS);
    this.#showWhenReady(partial, () => this.#partial === partial);
    const begun = sound.judged;
    const ended = (): void => {
      if (this.#partial === partial) this.#partial = null;
      // A somewhat longer rest than it took: partial texts have half of the engine at most.
      const took = sound.judged - begun;
      this.#partialFrom = Math.max(this.#partialFrom, sound.judged + 1.25 * took);
    };
    partial.result.then(ended, ended);
  }

  #showWhenReady(decode: Decode, current: () => boolean): void {
    const show = ({ text }: Transcript): void => {
      if (this.#over || !current() || this.#parts.clean(text, decode.speechMs) === null) return;
      const shown = this.#parts.clean(this.#joined(text), Number.POSITIVE_INFINITY);
      if (shown === null) return;
      const partial = this.#agreement.add(shown);
      this.#parts.onPartial(partial.text, partial.stable);
    };
    decode.result.then(show, () => undefined);
  }

  #joined(text: string): string {
    return joinPieces([...this.#pieces.map((piece) => piece.text ?? ''), text]);
  }

  #decode(audio: Float32Array, { heardUntil }: SoundSoFar, speechMs: number, options = {}): Decode {
    const { transcriber, phrases } = this.#parts;
    const abort = new AbortController();
    const from = this.#from;
    const result = transcriber.transcribe(audio, {
      ...options,
      ...(this.#draft === null ? {} : { draft: this.#draft }),
      phrases: phrases(),
      signal: abort.signal,
    });
    const decode: Decode = { audio, heardUntil, speechMs, abort, result, text: null, endMark: undefined };
    const note = ({ text, ms, endMark }: Transcript): void => {
      decode.text = text;
      decode.endMark = endMark;
      if (this.#from === from) this.#draft = text;
      // A text out of memory says nothing.
      if (ms > 0) this.#parts.pace.ms = ms;
    };
    // The user of the promise handles its failure, if there is one.
    result.then(note, () => undefined);
    return decode;
  }

  /** A decode that is aborted costs a slow engine seconds, so it only starts what it needs. */
  get #quick(): boolean {
    const { ms } = this.#parts.pace;
    return ms !== null && ms <= SLOW_MS;
  }

  #drop(decode: Decode | null): void {
    decode?.abort.abort();
    if (this.#partial === decode) this.#partial = null;
  }
}

function upToPause(from: number, sound: SoundSoFar): Float32Array {
  return sound.slice(from, sound.heardUntil + samples(TAIL_MS));
}

function middleOf({ from, to }: Gap): number {
  return Math.floor((from + to) / 2);
}

function samples(ms: number): number {
  return (ms * SAMPLE_RATE) / 1_000;
}
