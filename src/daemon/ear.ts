import { homedir } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { Microphone } from '../microphone/microphone.ts';
import { openMicrophone } from '../microphone/open-microphone.ts';
import { resolveModel } from '../models/catalogue.ts';
import type { Paths } from '../platform/paths.ts';
import type { Role } from '../processes/priority.ts';
import type { Settings } from '../settings/schema.ts';
import { createDetector } from '../speech/create-detector.ts';
import type { Detector } from '../speech/detector.ts';
import type { TurnDetector } from '../speech/turn-detector.ts';
import { TurnProcess } from '../speech/turn-process.ts';
import { createEngine } from '../transcription/create-engine.ts';
import { withServer } from '../transcription/create-transcriber.ts';
import type { Pace } from '../transcription/live-transcript.ts';
import type { Transcriber } from '../transcription/transcriber.ts';
import { LiveListening } from './live-listening.ts';

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

interface Closable {
  close(): Promise<void>;
}

/** What hears: microphone, detectors and engine, each exchanged when its settings change. */
export class Ear {
  /** Has the speaker finished? It is there when somebody speaks. */
  readonly turnDetector: TurnDetector;
  readonly #options: EarOptions;
  readonly #pace: Pace = { ms: null };
  #microphone: Microphone;
  #detector: Detector;
  #transcriber: Transcriber;

  /** @throws VoiceError detector-failed, model-missing */
  static async create(options: EarOptions): Promise<Ear> {
    return new Ear(options, await createDetector(options.settings.speech.detector, options.logger));
  }

  private constructor(options: EarOptions, detector: Detector) {
    this.#options = options;
    this.#detector = detector;
    this.turnDetector = new TurnProcess({
      logger: options.logger,
      onReady: (pid) => options.give?.(pid, 'turn'),
    });
    this.#microphone = this.#newMicrophone(options.settings);
    this.#transcriber = this.#newTranscriber(options.settings);
  }

  get microphone(): Microphone {
    return this.#microphone;
  }

  get detector(): Detector {
    return this.#detector;
  }

  get transcriber(): Transcriber {
    return this.#transcriber;
  }

  /**
   * Makes what new settings need; what is there goes on meanwhile.
   * @returns puts it into its place, and gives what is to be closed once nothing uses it any more
   * @throws VoiceError detector-failed, model-missing, model-corrupt, engine-failed: then all stays as it is
   */
  async prepare(before: Settings, next: Settings): Promise<() => Closable[]> {
    const { logger } = this.#options;
    const same = before.speech.detector === next.speech.detector;
    const detector = same ? null : await createDetector(next.speech.detector, logger);
    const engine = isDeepStrictEqual(engineKeys(before), engineKeys(next)) ? null : await this.#loaded(next);
    const microphone = isDeepStrictEqual(before.audio, next.audio) ? null : this.#newMicrophone(next);
    return () => {
      const old = [
        ...(detector ? [this.#detector] : []),
        ...(engine ? [this.#transcriber] : []),
        ...(microphone ? [this.#microphone] : []),
      ];
      this.#detector = detector ?? this.#detector;
      this.#transcriber = engine ?? this.#transcriber;
      this.#microphone = microphone ?? this.#microphone;
      return old;
    };
  }

  /**
   * Transcribes and judges a recording while it lasts; null: nothing does. A recording of a fixed length ends by the
   * clock, and one with a held key by the hand.
   */
  accompany({ performance, speech, hotkey }: Settings): LiveListening | null {
    const parallel = performance.parallel_transcription;
    const turn = speech.adaptive_endpoint && hotkey.mode !== 'hold' ? this.turnDetector : null;
    if (performance.recording_seconds > 0 || (!parallel && turn === null)) return null;
    return new LiveListening({
      transcriber: this.#transcriber,
      pace: this.#pace,
      parallel,
      turn,
      endpointMs: speech.endpoint_ms,
      logger: this.#options.logger,
    });
  }

  async close(): Promise<void> {
    const parts = [this.#transcriber, this.#microphone, this.#detector, this.turnDetector];
    await Promise.all(parts.map((part) => part.close()));
  }

  #newMicrophone({ audio }: Settings): Microphone {
    const { env, logger, microphone, onTrouble, give } = this.#options;
    if (microphone) return microphone;
    const { device, backend, keep_open } = audio;
    const onStart = (pid: number): void => give?.(pid, 'recorder');
    return openMicrophone({ device, backend, keepOpen: keep_open, env, logger, onTrouble, onStart });
  }

  async #loaded(settings: Settings): Promise<Transcriber> {
    const transcriber = this.#newTranscriber(settings);
    try {
      await transcriber.ready();
      return transcriber;
    } catch (error) {
      await transcriber.close();
      throw error;
    }
  }

  #newTranscriber(settings: Settings): Transcriber {
    const { env, logger, paths, give } = this.#options;
    const places = { home: env.HOME || homedir(), folder: paths.models };
    const model = resolveModel(settings.performance.whisper_model, places);
    const { language } = settings.transcription;
    const engine = createEngine(model, { language, logger, onReady: (pid) => give?.(pid, 'engine') });
    return withServer(engine, settings, env, logger);
  }
}

/** What the engine is made of. */
function engineKeys({ performance, transcription }: Settings): unknown {
  const { whisper_model, cache_transcripts } = performance;
  return { whisper_model, cache_transcripts, transcription };
}
