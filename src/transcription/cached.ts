import { createHash } from 'node:crypto';
import type { TranscribeOptions, Transcriber, TranscriberState, Transcript } from './transcriber.ts';

/** Texts that are kept, in memory alone: only recent utterances are likely to be repeated. */
const MOST_KEPT = 64;

/** Answers at once what was transcribed before: the same samples with the same prompt and phrases. */
export class CachedTranscriber implements Transcriber {
  readonly #transcriber: Transcriber;
  /** Least recently used first. */
  readonly #known = new Map<string, Transcript>();
  /** A number for each list of phrases: its content stays the same. */
  readonly #phrases = new WeakMap<readonly string[], number>();
  #lists = 0;

  constructor(transcriber: Transcriber) {
    this.#transcriber = transcriber;
  }

  get state(): TranscriberState {
    return this.#transcriber.state;
  }

  ready(): Promise<void> {
    return this.#transcriber.ready();
  }

  async transcribe(audio: Float32Array, options: TranscribeOptions = {}): Promise<Transcript> {
    options.signal?.throwIfAborted();
    // The beginning of an utterance is never repeated.
    if (options.yields) return this.#transcriber.transcribe(audio, options);
    const key = `${keyOf(audio, options.prompt)} ${this.#numberOf(options.phrases)}`;
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#keep(key, known);
      return { ...known, ms: 0 };
    }
    const transcript = await this.#transcriber.transcribe(audio, options);
    this.#keep(key, transcript);
    return transcript;
  }

  close(): Promise<void> {
    this.#known.clear();
    return this.#transcriber.close();
  }

  /** 0: without phrases. */
  #numberOf(phrases: readonly string[] | undefined): number {
    if (phrases === undefined) return 0;
    const number = this.#phrases.get(phrases) ?? ++this.#lists;
    this.#phrases.set(phrases, number);
    return number;
  }

  #keep(key: string, transcript: Transcript): void {
    this.#known.delete(key);
    this.#known.set(key, transcript);
    const oldest = this.#known.keys().next();
    if (this.#known.size > MOST_KEPT && !oldest.done) this.#known.delete(oldest.value);
  }
}

function keyOf(audio: Float32Array, prompt = ''): string {
  const bytes = Buffer.from(audio.buffer, audio.byteOffset, audio.byteLength);
  return createHash('sha256').update(bytes).update(prompt).digest('base64');
}
