import type { AudioFrame } from '../microphone/microphone.ts';

/** Waits for the first sound of a recording: until then nothing else may take the processor from the microphone. */
export class FirstFrame {
  /** Resolves true with the first frame; false when the recording ends without one. */
  readonly heard: Promise<boolean>;
  readonly #resolve: (heard: boolean) => void;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.heard = promise;
    this.#resolve = resolve;
  }

  /** Passes the frames on. */
  async *of(frames: AsyncIterable<AudioFrame>): AsyncGenerator<AudioFrame, void, undefined> {
    try {
      for await (const frame of frames) {
        this.#resolve(true);
        yield frame;
      }
    } finally {
      this.#resolve(false);
    }
  }
}
