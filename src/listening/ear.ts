import { isDeepStrictEqual } from 'node:util';
import type { Microphone } from '../microphone/microphone.ts';
import { DEFAULT_MODEL, type Settings } from '../settings/schema.ts';
import type { Detector } from '../speech/detector.ts';
import type { TurnDetector } from '../speech/turn-detector.ts';
import type { Pace } from '../transcription/live-transcript.ts';
import type { Transcriber } from '../transcription/transcriber.ts';
import type { EarMakers, EarOptions } from './ear-makers.ts';
import type { HearingTools } from './hearing-parts.ts';
import { LiveListening } from './live-listening.ts';
import { realEarMakers } from './real-ear-makers.ts';
import type { Closable } from './retired-parts.ts';

/** Time of the embedded engine for a sentence on two cores, ms (`npm run bench -- --only ear`). */
const TYPICAL_EAR_MS = 100;

/** Microphone, detectors and engine. Each is replaced when its settings change. The creator closes it. */
export class Ear {
  /** The end-of-turn detector; it starts when the user begins to speak. */
  readonly turnDetector: TurnDetector;
  readonly #options: EarOptions;
  readonly #make: EarMakers;
  /** The speed of each engine. */
  readonly #paces = new WeakMap<Transcriber, Pace>();
  #microphone: Microphone;
  #detector: Detector;
  #transcriber: Transcriber;
  /** A new engine that is still loading. */
  #loading: Transcriber | null = null;
  #closed = false;

  /** @throws VoiceError detector-failed, model-missing */
  static async create(options: EarOptions, make: EarMakers = realEarMakers(options)): Promise<Ear> {
    return new Ear(options, make, await make.detector(options.settings));
  }

  private constructor(options: EarOptions, make: EarMakers, detector: Detector) {
    this.#options = options;
    this.#make = make;
    this.#detector = detector;
    this.turnDetector = make.turnDetector();
    this.#microphone = options.microphone ?? make.microphone(options.settings);
    this.#transcriber = make.engine(options.settings);
  }

  get microphone(): Microphone {
    return this.#microphone;
  }

  get transcriber(): Transcriber {
    return this.#transcriber;
  }

  /** Returns the parts for a recording that begins now. */
  tools(settings: Settings): HearingTools {
    const { speech, performance } = settings;
    return {
      microphone: this.#microphone,
      detector: this.#detector,
      transcriber: this.#transcriber,
      options: {
        endpointMs: speech.endpoint_ms,
        maxSeconds: speech.max_seconds,
        recordingSeconds: performance.recording_seconds,
      },
      accompany: () => this.accompany(settings),
    };
  }

  /**
   * Creates the parts for new settings while the old ones continue.
   * @returns a function that installs them, and returns the old parts to close when they are unused
   * @throws VoiceError detector-failed, model-missing, model-corrupt, engine-failed; then nothing changes
   */
  async prepare(before: Settings, next: Settings): Promise<() => Closable[]> {
    const made: Closable[] = [];
    const keep = <T extends Closable>(part: T): T => {
      made.push(part);
      return part;
    };
    const same = before.speech.detector === next.speech.detector;
    const sameEngine = isDeepStrictEqual(engineKeys(before), engineKeys(next));
    const fixed = this.#options.microphone !== undefined || isDeepStrictEqual(before.audio, next.audio);
    try {
      this.#requireOpen();
      const detector = same ? null : keep(await this.#make.detector(next));
      const engine = sameEngine ? null : keep(await this.#loaded(next));
      const microphone = fixed ? null : keep(this.#make.microphone(next));
      this.#requireOpen();
      return () => this.#exchange(detector, engine, microphone);
    } catch (error) {
      // The parts before the one that failed are not used.
      await Promise.all(made.map((part) => part.close()));
      throw error;
    }
  }

  #requireOpen(): void {
    if (this.#closed) throw new Error('the ear is closed');
  }

  #exchange(
    detector: Detector | null,
    engine: Transcriber | null,
    microphone: Microphone | null,
  ): Closable[] {
    const old = [
      ...(detector ? [this.#detector] : []),
      ...(engine ? [this.#transcriber] : []),
      ...(microphone ? [this.#microphone] : []),
    ];
    this.#detector = detector ?? this.#detector;
    this.#transcriber = engine ?? this.#transcriber;
    this.#microphone = microphone ?? this.#microphone;
    return old;
  }

  /**
   * Transcribes and judges a recording while it lasts; null: nothing to do. The clock ends a recording of a fixed
   * length, and the key one with a held key.
   */
  accompany(settings: Settings): LiveListening | null {
    const { performance, speech, hotkey } = settings;
    const parallel = performance.parallel_transcription;
    const turn = speech.adaptive_endpoint && hotkey.mode !== 'hold' ? this.turnDetector : null;
    if (performance.recording_seconds > 0 || (!parallel && turn === null)) return null;
    return new LiveListening({
      transcriber: this.#transcriber,
      pace: this.#paceOf(settings),
      parallel,
      turn,
      endpointMs: speech.endpoint_ms,
      logger: this.#options.logger,
    });
  }

  /** The embedded engine is fast on every machine; others are measured. */
  #paceOf({ transcription, performance }: Settings): Pace {
    const known = this.#paces.get(this.#transcriber);
    if (known) return known;
    const embedded = transcription.engine === 'whisper' && performance.whisper_model === DEFAULT_MODEL;
    const pace: Pace = { ms: embedded ? TYPICAL_EAR_MS : null };
    this.#paces.set(this.#transcriber, pace);
    return pace;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const parts = [this.#transcriber, this.#microphone, this.#detector, this.turnDetector];
    // This makes a loading engine fail at once.
    await Promise.all([...parts.map((part) => part.close()), this.#loading?.close()]);
  }

  async #loaded(settings: Settings): Promise<Transcriber> {
    const transcriber = this.#make.engine(settings);
    this.#loading = transcriber;
    try {
      await transcriber.ready();
      return transcriber;
    } catch (error) {
      await transcriber.close();
      throw error;
    } finally {
      this.#loading = null;
    }
  }
}

/** Settings that need another engine when they change. */
function engineKeys({ performance, transcription }: Settings): unknown {
  const { whisper_model, cache_transcripts } = performance;
  return { whisper_model, cache_transcripts, transcription };
}
