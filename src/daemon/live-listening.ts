import type { Logger } from 'pino';
import { promptOf } from '../prompt/clean.ts';
import { AdaptiveEndpoint } from '../speech/adaptive-endpoint.ts';
import type { Follower, ListenEvent, SoundSoFar } from '../speech/listen.ts';
import type { TurnDetector } from '../speech/turn-detector.ts';
import { LiveTranscript, type Pace } from '../transcription/live-transcript.ts';
import type { Transcriber, Transcript } from '../transcription/transcriber.ts';

type Heard = Extract<ListenEvent, { type: 'end' }>;

export interface LiveListeningParts {
  transcriber: Transcriber;
  pace: Pace;
  /** `[performance] parallel_transcription`: false: the text is made after the end. */
  parallel: boolean;
  /** Says how long a pause may be; null: `endpointMs` ends it. */
  turn: TurnDetector | null;
  /** `[speech] endpoint_ms` */
  endpointMs: number;
  logger: Logger;
}

/** What is done about an utterance while it is being spoken. */
export class LiveListening implements Follower {
  readonly #parts: LiveListeningParts;
  readonly #transcript: LiveTranscript | null;
  readonly #endpoint: AdaptiveEndpoint | null;
  #onPartial: ((text: string, stable: number) => void) | null = null;

  constructor(parts: LiveListeningParts) {
    const { transcriber, pace, parallel, turn, endpointMs, logger } = parts;
    this.#parts = parts;
    const transcript = parallel
      ? new LiveTranscript({
          transcriber,
          pace,
          onPartial: (text, stable) => this.#onPartial?.(text, stable),
          clean: (text, speechMs) => promptOf(text, { speechMs }),
          logger,
        })
      : null;
    this.#transcript = transcript;
    const text = (): string | null | undefined => (transcript === null ? null : transcript.pauseText);
    this.#endpoint = turn && new AdaptiveEndpoint({ turn, endpointMs, text });
  }

  /** From now on somebody wants to know the words so far; `stable` UTF-16 units of them will not change any more. */
  tell(onPartial: (text: string, stable: number) => void): void {
    this.#onPartial = onPartial;
  }

  follow(sound: SoundSoFar): void {
    this.#transcript?.follow(sound);
    this.#endpoint?.follow(sound);
  }

  endpointMs(): number | null {
    return this.#endpoint?.endpointMs() ?? null;
  }

  /** The text of what was heard, which is ready as a rule. @throws VoiceError engine-failed; AbortError */
  finish({ sound, audio, reason }: Heard, signal: AbortSignal): Promise<Transcript> {
    this.#parts.logger.debug({ reason, ...this.#endpoint?.verdict }, 'what ended it');
    if (this.#transcript === null) return this.#parts.transcriber.transcribe(audio, { signal });
    return this.#transcript.finish(sound, audio, signal);
  }

  /** Nobody needs it any more. */
  close(): void {
    this.#transcript?.close();
  }
}
