import { createHash } from 'node:crypto';
import type { TranscribeOptions, Transcriber, TranscriberState, Transcript } from './transcriber.ts';

/** Texts that are kept, in memory alone: a person repeats what was said lately, if anything. */
const MOST_KEPT = 64;

/** Answers at once what was transcribed before: the same samples with the same prompt. */
export class CachedTranscriber implements Transcriber {
  readonly #transcriber: Transcriber;
  /** Least recently used first. */
  readonly #known = new Map<string, Transcript>();

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
    const key = keyOf(audio, options.prompt);
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#keep(key, known);
      return { ...known, ms: 0 };
    }
    const transcript = await this.#transcriber.transcribe(audio, options);
    // Nobody says the beginning of something again.
    if (!options.yields) this.#keep(key, transcript);
    return transcript;
  }

  close(): Promise<void> {
    this.#known.clear();
    return this.#transcriber.close();
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
