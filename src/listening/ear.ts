import { homedir } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { Paths } from '../files/paths.ts';
import type { Microphone } from '../microphone/microphone.ts';
import { openMicrophone } from '../microphone/open-microphone.ts';
import { resolveModel } from '../models/catalogue.ts';
import type { Role } from '../processes/priority.ts';
import { DEFAULT_MODEL, type Settings } from '../settings/schema.ts';
import { createDetector } from '../speech/create-detector.ts';
import type { Detector } from '../speech/detector.ts';
import type { TurnDetector } from '../speech/turn-detector.ts';
import { createEngine } from '../transcription/create-engine.ts';
import { withServer } from '../transcription/create-transcriber.ts';
import { EarHost } from '../transcription/ear/host.ts';
import type { Pace } from '../transcription/live-transcript.ts';
import type { Transcriber } from '../transcription/transcriber.ts';
import type { HearingTools } from './hearing-parts.ts';
import { LiveListening } from './live-listening.ts';
import type { Closable } from './retired-parts.ts';

/** What the embedded engine needs for a sentence on two cores, ms (`npm run bench -- --only ear`). */
const TYPICAL_EAR_MS = 100;

export interface EarOptions {
  settings: Settings;
  paths: Paths;
  env: NodeJS.ProcessEnv;
  /** Instead of the microphone of the settings. */
  microphone?: Microphone | undefined;
  onTrouble: (error: unknown) => void;
  /** Lets a process that hears go before others. */
  give?: ((pid: number, role: Role) => void) | undefined;
  logger: Logger;
}

/** Makes the parts of the ear from settings. */
export interface EarMakers {
  /** @throws VoiceError detector-failed */
  detector(settings: Settings): Promise<Detector>;
  microphone(settings: Settings): Microphone;
  /** Begins to load it. @throws VoiceError model-missing */
  engine(settings: Settings): Transcriber;
  turnDetector(): TurnDetector;
}

/** What hears: microphone, detectors and engine, each exchanged when its settings change. */
export class Ear {
  /** Has the speaker finished? It is there when somebody speaks. */
  readonly turnDetector: TurnDetector;
  readonly #options: EarOptions;
  readonly #make: EarMakers;
  /** How quick each engine is. */
  readonly #paces = new WeakMap<Transcriber, Pace>();
  #microphone: Microphone;
  #detector: Detector;
  #transcriber: Transcriber;
  /** Takes over when it is loaded. */
  #loading: Transcriber | null = null;
  #closed = false;

  /** @throws VoiceError detector-failed, model-missing */
  static async create(options: EarOptions, make: EarMakers = new RealParts(options)): Promise<Ear> {
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

  /** Returns what a recording that begins now is heard with. */
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
   * Makes what new settings need; what is there goes on meanwhile.
   * @returns puts it into its place, and gives what is to be closed once nothing uses it any more
   * @throws VoiceError detector-failed, model-missing, model-corrupt, engine-failed: then all stays as it is
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
      // Nothing uses what was made before the part that failed.
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
   * Transcribes and judges a recording while it lasts; null: nothing does. A recording of a fixed length ends by the
   * clock, and one with a held key by the hand.
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

  /** The embedded engine is quick on every machine; others have to show it. */
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
    // An engine that loads ends its load with an error then.
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

/** The parts of this machine. */
class RealParts implements EarMakers {
  readonly #options: EarOptions;
  /** The process that the embedded engine and smart-turn share. */
  readonly #host: EarHost;

  constructor(options: EarOptions) {
    this.#options = options;
    const { logger, give } = options;
    this.#host = new EarHost({
      logger,
      onReady: (pid, runs) => give?.(pid, runs === 'ear' ? 'engine' : 'turn'),
    });
  }

  detector({ speech }: Settings): Promise<Detector> {
    return createDetector(speech.detector, this.#options.logger);
  }

  turnDetector(): TurnDetector {
    return this.#host.turnDetector;
  }

  microphone({ audio }: Settings): Microphone {
    const { env, logger, onTrouble, give } = this.#options;
    const { device, backend, keep_open: keepOpen, headset_profile: headset } = audio;
    const onStart = (pid: number): void => give?.(pid, 'recorder');
    return openMicrophone({ device, backend, keepOpen, headset, env, logger, onTrouble, onStart });
  }

  engine(settings: Settings): Transcriber {
    const { env, logger, paths, give } = this.#options;
    const places = { home: env.HOME || homedir(), folder: paths.models };
    const model = resolveModel(settings.performance.whisper_model, places);
    const { language } = settings.transcription;
    const onReady = (pid: number): void => give?.(pid, 'engine');
    const engine = createEngine(model, { language, logger, onReady, host: this.#host });
    return withServer(engine, settings, env, logger);
  }
}

/** What the engine is made of. */
function engineKeys({ performance, transcription }: Settings): unknown {
  const { whisper_model, cache_transcripts } = performance;
  return { whisper_model, cache_transcripts, transcription };
}
