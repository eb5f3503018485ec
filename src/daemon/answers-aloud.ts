import type { Logger } from 'pino';
import { firstSentence } from '../reply/first-sentence.ts';
import type { Voice } from '../reply/voice.ts';
import type { Utterance } from '../utterance.ts';
import { NO_VOICE } from './spoken-answers.ts';

export interface AnswersAloudParts {
  /** `[reply] speak`. */
  enabled: () => boolean;
  /** Finds a voice of the system; null: there is none. */
  voice: () => Promise<Voice | null>;
  logger: Logger;
}

/** Reads the beginning of answers aloud; the next key press ends it at once. */
export class AnswersAloud {
  readonly #parts: AnswersAloudParts;
  #stop: AbortController | null = null;
  #listening = false;
  #closed = false;

  constructor(parts: AnswersAloudParts) {
    this.#parts = parts;
  }

  /** Reads the first sentence, instead of what is being read; nothing while somebody speaks. */
  read({ answer }: Pick<Utterance, 'answer'>): void {
    if (!this.#parts.enabled() || this.#listening || this.#closed) return;
    const text = firstSentence(answer ?? '');
    if (text === '') return;
    this.#stop?.abort();
    const stop = new AbortController();
    this.#stop = stop;
    void this.#say(text, stop.signal);
  }

  /** The microphone is about to open: it must not hear the voice. What was being read is not begun again. */
  listening(now: boolean): void {
    this.#listening = now;
    if (now) this.stop();
  }

  /** Ends what is being read. */
  stop(): void {
    this.#stop?.abort();
  }

  close(): void {
    this.#closed = true;
    this.stop();
  }

  /** Never rejects. */
  async #say(text: string, signal: AbortSignal): Promise<void> {
    const { logger, voice: find } = this.#parts;
    try {
      const voice = await find();
      if (voice === null) logger.warn({ code: NO_VOICE.code }, NO_VOICE.message);
      else await voice.say(text, signal);
    } catch (error) {
      logger.warn({ err: error }, 'an answer could not be read aloud');
    }
  }
}
