import type { Logger } from 'pino';
import { promptOf } from '../interpretation/clean.ts';
import { AdaptiveEndpoint } from '../speech/adaptive-endpoint.ts';
import type { Follower, ListenEvent, SoundSoFar } from '../speech/listen.ts';
import type { PauseText } from '../speech/patience.ts';
import type { TurnDetector } from '../speech/turn-detector.ts';
import { LiveTranscript, type Pace } from '../transcription/live-transcript.ts';
import type { Transcriber, Transcript } from '../transcription/transcriber.ts';

type Heard = Extract<ListenEvent, { type: 'end' }>;

interface LiveListeningParts {
  transcriber: Transcriber;
  pace: Pace;
  /** `[performance] parallel_transcription`. False: transcribe after the end. */
  parallel: boolean;
  /** Decides how long a pause may be; null: `endpointMs` of silence ends it. */
  turn: TurnDetector | null;
  /** `[speech] endpoint_ms` */
  endpointMs: number;
  logger: Logger;
}

/** Processes an utterance while it is being spoken. */
export class LiveListening implements Follower {
  readonly #parts: LiveListeningParts;
  readonly #transcript: LiveTranscript | null;
  readonly #endpoint: AdaptiveEndpoint | null;
  #onPartial: ((text: string, stable: number) => void) | null = null;
  #phrases: () => readonly string[] = () => [];

  constructor(parts: LiveListeningParts) {
    const { transcriber, pace, parallel, turn, endpointMs, logger } = parts;
    this.#parts = parts;
    const transcript = parallel
      ? new LiveTranscript({
          transcriber,
          pace,
          onPartial: (text, stable) => this.#onPartial?.(text, stable),
          phrases: () => this.#phrases(),
          clean: (text, speechMs) => promptOf(text, { speechMs }),
          logger,
        })
      : null;
    this.#transcript = transcript;
    const text = (): PauseText | null | undefined => (transcript === null ? null : transcript.pauseText);
    this.#endpoint = turn && new AdaptiveEndpoint({ turn, endpointMs, text, logger });
  }

  /**
   * Connects it to its utterance.
   * @param onPartial called with the words so far; their first `stable` UTF-16 units will not change any more
   * @param phrases returns likely words and phrases; called for each decode
   */
  attach(onPartial: (text: string, stable: number) => void, phrases: () => readonly string[]): void {
    this.#onPartial = onPartial;
    this.#phrases = phrases;
  }

  /** Starts slow parts, which must be ready at the first pause. */
  warm(): void {
    this.#parts.turn?.warm();
  }

  follow(sound: SoundSoFar): void {
    this.#transcript?.follow(sound);
    this.#endpoint?.follow(sound);
  }

  endpointMs(): number | null {
    return this.#endpoint?.endpointMs() ?? null;
  }

  /** Returns the transcript, which is usually ready. @throws VoiceError engine-failed; AbortError */
  finish({ sound, audio, reason }: Heard, signal: AbortSignal): Promise<Transcript> {
    this.#parts.logger.debug({ reason, ...this.#endpoint?.verdict }, 'what ended it');
    if (this.#transcript === null) {
      return this.#parts.transcriber.transcribe(audio, { signal, phrases: this.#phrases() });
    }
    return this.#transcript.finish(sound, audio, signal);
  }

  /** Discards it. */
  close(): void {
    this.#transcript?.close();
  }
}
