import type { Logger } from 'pino';
import { promptOf } from '../prompt/clean.ts';
import type { Follower, ListenEvent, SoundSoFar } from '../speech/listen.ts';
import { LiveTranscript } from '../transcription/live-transcript.ts';
import type { Transcriber, Transcript } from '../transcription/transcriber.ts';

type Heard = Extract<ListenEvent, { type: 'end' }>;

export interface LiveListeningParts {
  transcriber: Transcriber;
  logger: Logger;
}

/** What is done about an utterance while it is being spoken. */
export class LiveListening implements Follower {
  readonly #transcript: LiveTranscript;
  #onPartial: ((text: string, stable: number) => void) | null = null;

  constructor(parts: LiveListeningParts) {
    this.#transcript = new LiveTranscript({
      ...parts,
      onPartial: (text, stable) => this.#onPartial?.(text, stable),
      clean: (text, speechMs) => promptOf(text, { speechMs }),
    });
  }

  /** From now on somebody wants to know the words so far; `stable` UTF-16 units of them will not change any more. */
  tell(onPartial: (text: string, stable: number) => void): void {
    this.#onPartial = onPartial;
  }

  follow(sound: SoundSoFar): void {
    this.#transcript.follow(sound);
  }

  endpointMs(): number | null {
    return null;
  }

  /** The text of what was heard, which is ready as a rule. @throws VoiceError engine-failed; AbortError */
  finish({ sound, audio }: Heard, signal: AbortSignal): Promise<Transcript> {
    return this.#transcript.finish(sound, audio, signal);
  }

  /** Nobody needs it any more. */
  close(): void {
    this.#transcript.close();
  }
}
