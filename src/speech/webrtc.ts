import loadFvad, { type Fvad } from '@echogarden/fvad-wasm';
import { messageOf, VoiceError } from '../errors.ts';
import { SAMPLE_RATE } from '../microphone/microphone.ts';
import type { Detector } from './detector.ts';

const FRAME = 512;
/** libfvad judges 10, 20 or 30 ms: 10 ms fits best into frames of 32. */
const SLICE = SAMPLE_RATE / 100;
/** The most sceptical of its modes, 0 to 3. */
const MODE = 3;

/**
 * WebRTC's detector (libfvad in WebAssembly): no native code and 45 times quicker than Silero, but it takes hum,
 * keyboards and music for speech, so that an utterance may not end there. For machines on which ONNX Runtime does
 * not run.
 *
 * It answers yes or no for slices of 10 ms, which do not fit into frames of 32 ms: what is left of a frame is judged
 * with the next one. The probability of a frame is the share of yes among the slices that end in it (three or four).
 */
export class WebrtcDetector implements Detector {
  readonly name = 'webrtc';
  readonly frameSamples = FRAME;
  readonly takesTones = true;
  readonly #fvad: Fvad;
  readonly #vad: number;
  readonly #slice: number;
  /** Samples of the unfinished slice. */
  #filled = 0;

  private constructor(fvad: Fvad) {
    this.#fvad = fvad;
    this.#vad = fvad._fvad_new();
    this.#slice = fvad._malloc(SLICE * Int16Array.BYTES_PER_ELEMENT);
    if (this.#vad === 0 || this.#slice === 0) throw new Error('out of WebAssembly memory');
    this.reset();
  }

  /** @throws VoiceError detector-failed */
  static async load(): Promise<WebrtcDetector> {
    try {
      return new WebrtcDetector(await loadFvad());
    } catch (error) {
      throw new VoiceError(
        'detector-failed',
        `The WebRTC speech detector cannot start: ${messageOf(error)}.`,
        'Install codex-voice again, or set detector = "silero" in config.toml.',
        { cause: error },
      );
    }
  }

  async probability(frame: Float32Array): Promise<number> {
    if (frame.length !== FRAME) throw new RangeError(`a frame has ${FRAME} samples, not ${frame.length}`);
    const heap = this.#fvad.HEAP16;
    const start = this.#slice / Int16Array.BYTES_PER_ELEMENT;
    let slices = 0;
    let speech = 0;
    for (const sample of frame) {
      heap[start + this.#filled] = toInt16(sample);
      this.#filled += 1;
      if (this.#filled < SLICE) continue;
      this.#filled = 0;
      slices += 1;
      if (this.#fvad._fvad_process(this.#vad, this.#slice, SLICE) === 1) speech += 1;
    }
    return speech / slices;
  }

  reset(): void {
    this.#fvad._fvad_reset(this.#vad);
    this.#fvad._fvad_set_mode(this.#vad, MODE);
    this.#fvad._fvad_set_sample_rate(this.#vad, SAMPLE_RATE);
    this.#filled = 0;
  }

  another(): Promise<WebrtcDetector> {
    return WebrtcDetector.load();
  }

  async close(): Promise<void> {
    this.#fvad._free(this.#slice);
    this.#fvad._fvad_free(this.#vad);
  }
}

function toInt16(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
}
