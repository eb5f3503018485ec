import { type AudioFrame, SAMPLE_RATE } from './microphone.ts';

/** The newest sound, and nothing older: what a microphone that stays open keeps in memory. */
export class Preroll {
  readonly #limit: number;
  #frames: AudioFrame[] = [];
  #samples = 0;

  /** @param milliseconds how much to keep; whole frames are dropped, so it is never more than this */
  constructor(milliseconds: number) {
    this.#limit = Math.round((milliseconds * SAMPLE_RATE) / 1_000);
  }

  push(frame: AudioFrame): void {
    const samples =
      frame.samples.length > this.#limit
        ? frame.samples.slice(frame.samples.length - this.#limit)
        : frame.samples;
    this.#frames.push({ samples, at: frame.at });
    this.#samples += samples.length;
    while (this.#samples > this.#limit) this.#samples -= this.#frames.shift()?.samples.length ?? 0;
  }

  /** Hands over what is kept, oldest first, and keeps it no longer. */
  take(): AudioFrame[] {
    const frames = this.#frames;
    this.clear();
    return frames;
  }

  clear(): void {
    this.#frames = [];
    this.#samples = 0;
  }
}
