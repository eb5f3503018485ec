import { type AudioFrame, SAMPLE_RATE } from '../microphone/microphone.ts';
import { capturedUntil } from './captured.ts';
import type { Detector } from './detector.ts';
import { Endpointer, endpointerDefaults } from './endpointer.ts';
import { Recording } from './recording.ts';

/** Kept before the first frame of speech, ms: the detector notices a soft first sound late. */
const LEAD_MS = 300;
/** Kept after the last frame of speech, ms: the last consonant is soft. */
export const TAIL_MS = 200;
/** Frames of the detector a level: ten levels a second. */
const FRAMES_PER_LEVEL = 3;
/** Level of digital silence, dBFS. */
const FLOOR_DBFS = -120;

export interface ListenOptions {
  /** Silence that ends the utterance, ms. */
  endpointMs: number;
  /** The longest recording, s. */
  maxSeconds: number;
  /** 0: silence ends the recording; N: exactly N seconds are recorded; Infinity: all until the source ends. */
  recordingSeconds: number;
}

/** A running recording, as far as it has been judged. Positions are samples from its beginning. */
export interface SoundSoFar {
  /** True when the detector takes the latest frame for speech. */
  readonly speaking: boolean;
  /** Start of the speech, with some sound before it; null: no speech yet. */
  readonly start: number | null;
  /** Behind the last frame of anything like speech, even of a burst too short to count. */
  readonly heardUntil: number;
  /** Behind the last frame that was judged. */
  readonly judged: number;
  /** Speech that counts so far, ms. */
  readonly speechMs: number;
  /** A copy of the samples from `from` to before `to`, as far as they exist. */
  slice(from: number, to: number): Float32Array;
}

/** Works on a recording while it is being made. */
export interface Follower {
  /** Called after each frame of the detector; it must return at once. */
  follow(sound: SoundSoFar): void;
  /** Silence that ends the utterance now, ms; null: the value in the options. */
  endpointMs(): number | null;
}

export interface ListenParts {
  /** Sound from the key press on; it is iterated once. */
  frames: AsyncIterable<AudioFrame>;
  /** It must not be used elsewhere meanwhile; it is reset first. */
  detector: Detector;
  options: ListenOptions;
  follower?: Follower | null;
  /** The user pressed again or released the key: it ends at once, with the sound so far. */
  finish: AbortSignal;
  /** Cancels: listen() throws its reason. */
  signal?: AbortSignal;
  /** Could one of our cues be audible at this moment (performance.now(), ms)? It begins no utterance, and is not in the audio of one. */
  own?: (at: number) => boolean;
}

/** Moments of a recording: performance.now() in ms, from the stamps of the frames. */
interface ListenMarks {
  firstFrameAt: number;
  /** The first frame of speech began to arrive. */
  speechStartAt: number;
  /** The last frame of speech had arrived. */
  speechEndAt: number;
  /** The end was declared. */
  endpointAt: number;
}

/**
 * Why it ended. `silence`: the speaker fell silent; `nothing`: there was no speech; `max`: maxSeconds; `finished`: the
 * user ended it; `length`: recordingSeconds; `source-ended`: there is no more sound, as at the end of a file.
 */
type EndReason = 'silence' | 'nothing' | 'max' | 'finished' | 'length' | 'source-ended';

export type ListenEvent =
  /** About ten times a second: the loudness (RMS), and whether the detector takes the sound for speech. */
  | { type: 'level'; dbfs: number; speaking: boolean }
  /** Speech has begun; `at` is performance.now() in ms. Later than its first frame by the shortest speech. */
  | { type: 'speech'; at: number }
  /**
   * Over, and something was said. `speechMs`: how much of `audio` (16 kHz mono) is speech; `sound`: all of the
   * recording.
   */
  | {
      type: 'end';
      reason: Exclude<EndReason, 'nothing'>;
      audio: Float32Array;
      speechMs: number;
      marks: ListenMarks;
      sound: SoundSoFar;
    }
  /** Over, and nothing was said. */
  | { type: 'empty'; reason: EndReason };

/**
 * Listens to one utterance: levels while it lasts, `speech` once it has begun, and last either `end` or `empty`.
 * Closes the frames' iterator but does not wait for it: the caller closes what is behind it.
 * @throws what the source throws; the reason of `signal`
 */
export async function* listen(parts: ListenParts): AsyncGenerator<ListenEvent, void, undefined> {
  const { frames, detector, finish, signal } = parts;
  detector.reset();
  const listener = new Listener(parts);
  for await (const frame of capturedUntil(frames, finish, signal)) {
    yield* listener.take(frame);
    if (listener.ended !== null) break;
  }
  if (listener.ended === null) yield* listener.flush();
  signal?.throwIfAborted();
  yield listener.result(listener.ended ?? (finish.aborted ? 'finished' : 'source-ended'));
}

/** The state of one recording. */
class Listener implements SoundSoFar {
  readonly #detector: Detector;
  readonly #follower: Follower | null;
  readonly #endpointer: Endpointer;
  readonly #recording = new Recording();
  /** Samples to record, or 0. */
  readonly #length: number;
  /** The detector's frame that is being filled. */
  readonly #block: Float32Array;
  #filled = 0;
  /** When the last sample of each of the detector's frames arrived. */
  readonly #arrivals: number[] = [];
  readonly #own: (at: number) => boolean;
  /** Start of the audio, once it is known; it does not move afterwards. */
  #start: number | null = null;
  readonly #meter = new LevelMeter();
  #firstFrameAt: number | null = null;
  /** Why it has ended; null while it continues. */
  ended: EndReason | null = null;

  constructor({ detector, options, follower, own = () => false }: ListenParts) {
    this.#own = own;
    this.#detector = detector;
    this.#follower = follower ?? null;
    this.#block = new Float32Array(detector.frameSamples);
    this.#length = Math.round(options.recordingSeconds * SAMPLE_RATE);
    const fixed = this.#length > 0;
    this.#endpointer = new Endpointer({
      ...endpointerDefaults,
      frameMs: (detector.frameSamples / SAMPLE_RATE) * 1_000,
      endpointMs: fixed ? Number.POSITIVE_INFINITY : options.endpointMs,
      maxMs: fixed ? Number.POSITIVE_INFINITY : options.maxSeconds * 1_000,
      nothingMs: fixed ? Number.POSITIVE_INFINITY : endpointerDefaults.nothingMs,
    });
  }

  get speaking(): boolean {
    return this.#endpointer.speaking;
  }

  get start(): number | null {
    const { firstSpeech } = this.#endpointer;
    if (firstSpeech === null) return null;
    this.#start ??= Math.max(0, firstSpeech * this.#block.length - this.#lead(firstSpeech));
    return this.#start;
  }

  get heardUntil(): number {
    return ((this.#endpointer.lastHeard ?? -1) + 1) * this.#block.length;
  }

  get judged(): number {
    return this.#arrivals.length * this.#block.length;
  }

  get speechMs(): number {
    return this.#endpointer.speechMs;
  }

  slice(from: number, to: number): Float32Array {
    return this.#recording.slice(from, to);
  }

  /** Records a frame of the source and judges the detector's frames that it completes. */
  async *take({ samples, at }: AudioFrame): AsyncGenerator<ListenEvent, void, undefined> {
    this.#firstFrameAt ??= at;
    this.#recording.append(samples);
    for (let from = 0; from < samples.length && this.ended === null; ) {
      const piece = samples.subarray(from, from + this.#block.length - this.#filled);
      this.#block.set(piece, this.#filled);
      this.#filled += piece.length;
      from += piece.length;
      if (this.#filled < this.#block.length) break;
      this.#filled = 0;
      yield* this.#judge(at - ((samples.length - from) / SAMPLE_RATE) * 1_000);
    }
    if (this.#length > 0 && this.#recording.length >= this.#length) this.ended = 'length';
  }

  /** Judges what is left, silence added: a word may end in it. */
  async *flush(): AsyncGenerator<ListenEvent, void, undefined> {
    if (this.#filled === 0) return;
    this.#block.fill(0, this.#filled);
    this.#filled = 0;
    yield* this.#judge(this.#arrivals.at(-1) ?? this.#firstFrameAt ?? performance.now());
  }

  result(reason: EndReason): ListenEvent {
    const endpointAt = performance.now();
    // A press, and a file that was given, say that there is speech: then a short word is enough.
    if (reason === 'finished' || reason === 'source-ended') this.#endpointer.finish();
    const { firstSpeech, lastSpeech, speechMs } = this.#endpointer;
    if (reason === 'nothing' || firstSpeech === null || lastSpeech === null) return { type: 'empty', reason };
    return {
      type: 'end',
      reason,
      audio: reason === 'length' ? this.slice(0, this.#length) : this.#spoken(),
      speechMs,
      marks: {
        firstFrameAt: this.#firstFrameAt ?? endpointAt,
        speechStartAt: this.#startOf(firstSpeech),
        speechEndAt: this.#arrivals[lastSpeech] ?? endpointAt,
        endpointAt,
      },
      sound: this,
    };
  }

  async *#judge(arrival: number): AsyncGenerator<ListenEvent, void, undefined> {
    this.#arrivals.push(arrival);
    const probability = await this.#detector.probability(this.#block);
    const own = this.#detector.takesTones && this.#own(arrival);
    const endpointMs = this.#follower?.endpointMs() ?? undefined;
    for (const event of this.#endpointer.push(probability, endpointMs, own)) {
      if (event.type === 'speech') yield { type: 'speech', at: this.#startOf(event.frame) };
      else this.ended = event.reason;
    }
    if (this.ended === null) this.#follower?.follow(this);
    const dbfs = this.#meter.add(this.#block);
    if (dbfs !== null) yield { type: 'level', dbfs, speaking: this.#endpointer.speaking };
  }

  /** The speech with some sound around it; bursts too short to count are kept at its end. */
  #spoken(): Float32Array {
    return this.slice(this.start ?? 0, this.heardUntil + samplesOf(TAIL_MS));
  }

  /** Number of samples to keep before the first frame of speech, without an earlier cue. */
  #lead(firstSpeech: number): number {
    const frame = this.#block.length;
    const most = samplesOf(LEAD_MS);
    let lead = 0;
    while (lead < most && !this.#own(this.#arrivals[firstSpeech - lead / frame - 1] ?? 0)) lead += frame;
    return Math.min(lead, most);
  }

  #startOf(frame: number): number {
    const end = this.#arrivals[frame] ?? performance.now();
    return end - (this.#block.length / SAMPLE_RATE) * 1_000;
  }
}

function samplesOf(ms: number): number {
  return (ms / 1_000) * SAMPLE_RATE;
}

/** The loudness over some frames. */
class LevelMeter {
  #frames = 0;
  #power = 0;

  /** dBFS (0: a full-scale square wave) after every third frame, else null. */
  add(frame: Float32Array): number | null {
    for (const sample of frame) this.#power += sample * sample;
    this.#frames += 1;
    if (this.#frames < FRAMES_PER_LEVEL) return null;
    const rms = Math.sqrt(this.#power / (this.#frames * frame.length));
    this.#frames = 0;
    this.#power = 0;
    return Math.max(FLOOR_DBFS, 20 * Math.log10(rms));
  }
}
