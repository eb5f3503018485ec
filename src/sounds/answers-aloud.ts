import type { Logger } from 'pino';
import type { Fact } from '../facts.ts';
import type { Utterance } from '../utterance.ts';
import { firstSentence } from './first-sentence.ts';
import type { OpenMicrophone } from './open-microphone.ts';
import { NO_VOICE, type Voice } from './voice.ts';

interface AnswersAloudParts {
  /** `[reply] speak`. */
  enabled: () => boolean;
  /** `[reply] notify = "quiet"`: answers are not read. */
  quiet: () => boolean;
  microphone: OpenMicrophone;
  /** Finds a voice of the system; null: there is none. */
  voice: () => Promise<Voice | null>;
  logger: Logger;
}

/** Reads the beginning of answers aloud. The next key press stops it. */
export class AnswersAloud {
  readonly #parts: AnswersAloudParts;
  #stop: AbortController | null = null;
  #closed = false;

  constructor(parts: AnswersAloudParts) {
    this.#parts = parts;
    // The microphone must not hear the voice. An interrupted text is not repeated.
    parts.microphone.onChange((open) => open && this.#stop?.abort());
  }

  learn(fact: Fact): void {
    switch (fact.type) {
      case 'key-used':
      case 'refused':
        this.#stop?.abort();
        return;
      case 'ended':
        if (fact.utterance.state === 'answered') this.#read(fact.utterance);
        return;
    }
  }

  close(): void {
    this.#closed = true;
    this.#stop?.abort();
  }

  /** Reads the first sentence instead of an earlier one, unless the user is speaking. */
  #read({ answer }: Utterance): void {
    const { enabled, quiet, microphone } = this.#parts;
    if (!enabled() || quiet() || microphone.isOpen || this.#closed) return;
    const text = firstSentence(answer ?? '');
    if (text === '') return;
    this.#stop?.abort();
    const stop = new AbortController();
    this.#stop = stop;
    void this.#say(text, stop.signal);
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
