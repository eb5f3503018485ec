/** When a frame counts as speech, and when the speaker has finished; times in ms. */
export interface EndpointerOptions {
  /** Length of a frame. */
  frameMs: number;
  /** Silence after speech that ends the utterance. */
  endpointMs: number;
  /** The longest recording. */
  maxMs: number;
  /** Without speech for this long from the start, it ends. */
  nothingMs: number;
  /** Shorter bursts are clicks: 128 found every clip of a set of 97 and no speech in 370 s of noise. */
  minSpeechMs: number;
  /** A burst is over after this much silence (Silero's own default: 100 ms). */
  burstGapMs: number;
  /** Probability at which silence turns into speech (Silero's own default). */
  startThreshold: number;
  /** Probability under which speech turns into silence (Silero's own: start - 0.15). */
  stopThreshold: number;
}

/** The best values for this program's detectors. */
export const endpointerDefaults = {
  nothingMs: 6_000,
  minSpeechMs: 128,
  burstGapMs: 100,
  startThreshold: 0.5,
  stopThreshold: 0.35,
} as const;

/** The effect of a frame; `frame` counts from 0. */
export type EndpointerEvent =
  /** There is enough speech to count; `frame` is its first frame, some frames earlier. */
  | { type: 'speech'; frame: number }
  /** It is over at this frame. `nothing`: no speech came. */
  | { type: 'end'; reason: 'silence' | 'max' | 'nothing'; frame: number };

/**
 * Decides from speech probabilities, frame by frame, when an utterance begins and ends. No clock and no sound: time
 * is the number of frames.
 *
 * Speech comes in bursts. A burst counts once it holds minSpeechMs of speech, so a click neither starts an utterance
 * nor keeps one open; while a burst is undecided no end is declared, so a word that begins just before the endpoint
 * is not cut.
 */
export class Endpointer {
  readonly #options: EndpointerOptions;
  /** Frames so far. */
  #frames = 0;
  /** Hysteresis: is the latest frame speech? */
  #speaking = false;
  #burst: Burst | null = null;
  #longestBurst: Burst | null = null;
  #firstSpeech: number | null = null;
  #lastSpeech: number | null = null;
  #lastHeard: number | null = null;
  #speechFrames = 0;
  #ended = false;

  constructor(options: EndpointerOptions) {
    this.#options = options;
  }

  /** True when the detector takes the latest frame for speech. */
  get speaking(): boolean {
    return this.#speaking;
  }

  /** First frame of the speech that counts; null while there is none. */
  get firstSpeech(): number | null {
    return this.#firstSpeech;
  }

  /** Last frame of the speech that counts. */
  get lastSpeech(): number | null {
    return this.#lastSpeech;
  }

  /** Last frame of anything like speech, even of a burst too short to count. */
  get lastHeard(): number | null {
    return this.#lastHeard;
  }

  /** Speech that counts, ms. */
  get speechMs(): number {
    return this.#speechFrames * this.#options.frameMs;
  }

  /**
   * Takes the probability of the next frame.
   * @param endpointMs silence that ends it, if that depends on the text so far
   * @param own the frame may contain one of our cues: it can belong to speech, but is no evidence of it
   */
  push(probability: number, endpointMs = this.#options.endpointMs, own = false): EndpointerEvent[] {
    if (this.#ended) return [];
    const frame = this.#frames++;
    const { startThreshold, stopThreshold } = this.#options;
    this.#speaking = probability >= (this.#speaking ? stopThreshold : startThreshold);
    const events: EndpointerEvent[] = [];
    if (this.#speaking && this.#addSpeech(frame, own)) {
      events.push({ type: 'speech', frame: this.#firstSpeech ?? frame });
    }
    if (!this.#speaking) this.#closeBurst(frame);
    const reason = this.#reasonToEnd(frame, endpointMs);
    if (reason !== null) {
      this.#ended = true;
      events.push({ type: 'end', reason, frame });
    }
    return events;
  }

  /**
   * The user signals the end: this makes half of minSpeechMs enough, since a short "yes" is
   * then more likely than a click. Says whether anything was said.
   */
  finish(): boolean {
    this.#ended = true;
    const { minSpeechMs } = this.#options;
    const burst = this.#longestBurst;
    if (this.#firstSpeech === null && burst !== null && this.#ms(burst.frames) >= minSpeechMs / 2) {
      this.#count(burst, burst.frames);
    }
    return this.#firstSpeech !== null;
  }

  /** Adds a frame of speech to its burst; true when with it the utterance has begun. */
  #addSpeech(frame: number, own: boolean): boolean {
    this.#lastHeard = frame;
    this.#burst ??= { first: frame, last: frame, frames: 0, counted: false };
    const burst = this.#burst;
    burst.last = frame;
    if (!own || burst.counted) burst.frames += 1;
    if (burst.frames > (this.#longestBurst?.frames ?? 0)) this.#longestBurst = { ...burst };
    if (burst.counted) {
      this.#count(burst, 1);
      return false;
    }
    if (this.#ms(burst.frames) < this.#options.minSpeechMs) return false;
    burst.counted = true;
    const begins = this.#firstSpeech === null;
    this.#count(burst, burst.frames);
    return begins;
  }

  #count(burst: Burst, frames: number): void {
    this.#firstSpeech ??= burst.first;
    this.#lastSpeech = burst.last;
    this.#speechFrames += frames;
  }

  #closeBurst(frame: number): void {
    if (this.#burst && this.#ms(frame - this.#burst.last) >= this.#options.burstGapMs) this.#burst = null;
  }

  #reasonToEnd(frame: number, endpointMs: number): 'silence' | 'max' | 'nothing' | null {
    const { maxMs, nothingMs } = this.#options;
    const passed = this.#ms(frame + 1);
    if (passed >= maxMs) return this.#firstSpeech === null ? 'nothing' : 'max';
    if (this.#burst && !this.#burst.counted) return null;
    if (this.#lastSpeech === null) return passed >= nothingMs ? 'nothing' : null;
    return this.#ms(frame - this.#lastSpeech) >= endpointMs ? 'silence' : null;
  }

  #ms(frames: number): number {
    return frames * this.#options.frameMs;
  }
}

/** Speech with no long gap in it. */
interface Burst {
  first: number;
  last: number;
  /** Frames of speech in it, gaps not counted. */
  frames: number;
  counted: boolean;
}
