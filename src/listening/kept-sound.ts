import type { Logger } from 'pino';
import type { AudioStore, KeptAudio } from '../journal/audio.ts';
import type { AudioFrame } from '../microphone/microphone.ts';

/**
 * The sound of one recording, on disk while it comes in: whatever dies meanwhile, what was said is not lost. A disk
 * that is full costs this copy and not the utterance.
 */
export class KeptSound {
  readonly #store: Pick<AudioStore, 'begin'>;
  readonly #logger: Logger;
  /** Under which the sound is kept; null: not at all. */
  #id: string | null = null;
  #file: KeptAudio | null = null;

  constructor(store: Pick<AudioStore, 'begin'>, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** Keeps what passes from now on under the id of its utterance; there is no file before there is sound. */
  begin(id: string): void {
    this.#id = id;
  }

  /** The same frames, kept. */
  async *of(frames: AsyncIterable<AudioFrame>): AsyncGenerator<AudioFrame, void, undefined> {
    for await (const frame of frames) {
      this.#attempt(() => this.#append(frame.samples));
      yield frame;
    }
  }

  /** The recording is whole. */
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
      this.#logger.error({ err: error }, 'what is being said cannot be kept on the disk');
    }
  }
}
