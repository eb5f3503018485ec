import type { Logger } from 'pino';
import type { AudioStore, KeptAudio } from '../journal/audio.ts';
import type { AudioFrame } from '../microphone/microphone.ts';

/**
 * Writes a recording to disk while it comes in, so that a crash does not lose it. With a full disk only this copy is
 * lost, not the utterance.
 */
export class KeptSound {
  readonly #store: Pick<AudioStore, 'begin'>;
  readonly #logger: Logger;
  /** Id of its utterance; null: not kept. */
  #id: string | null = null;
  #file: KeptAudio | null = null;

  constructor(store: Pick<AudioStore, 'begin'>, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** Keeps the sound from now on, under the id of its utterance. There is no file before there is sound. */
  begin(id: string): void {
    this.#id = id;
  }

  /** Passes the frames on and keeps them. */
  async *of(frames: AsyncIterable<AudioFrame>): AsyncGenerator<AudioFrame, void, undefined> {
    for await (const frame of frames) {
      this.#attempt(() => this.#append(frame.samples));
      yield frame;
    }
  }

  /** The recording is complete. */
  close(): void {
    const file = this.#file;
    this.#file = null;
    this.#id = null;
    this.#attempt(() => file?.close());
  }

  #append(samples: Float32Array): void {
    if (this.#id === null) return;
    this.#file ??= this.#store.begin(this.#id);
    this.#file.append(samples);
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#file = null;
      this.#id = null;
      this.#logger.error({ err: error }, 'the recording cannot be kept on disk');
    }
  }
}
