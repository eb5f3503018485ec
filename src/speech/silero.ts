import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { VoiceError } from '../errors.ts';
import { SAMPLE_RATE } from '../microphone/microphone.ts';
import type { Detector } from './detector.ts';
import { loadWeights } from './network.ts';
import { SILERO } from './weights.ts';

/** Samples that the network judges at once at 16 kHz: 32 ms. */
const FRAME = 512;
/** Samples of the frame before that it is shown first. */
const CONTEXT = 64;
const STATE = [2, 1, 128] as const;

/** The Silero network: robust against hum, music and keyboards. Its tensors are made once and used for every frame. */
export class SileroDetector implements Detector {
  readonly name = 'silero';
  readonly frameSamples = FRAME;
  /** Not those above the pitch of a voice: v6.2 stays below 0.2 for all our cues, and took 233 and 311 Hz for speech. */
  readonly takesTones = false;
  readonly #session: InferenceSession;
  readonly #owner: boolean;
  readonly #window = new Float32Array(CONTEXT + FRAME);
  readonly #score = new Float32Array(1);
  readonly #states = [new Float32Array(256), new Float32Array(256)] as const;
  readonly #input = new Tensor('float32', this.#window, [1, CONTEXT + FRAME]);
  readonly #rate = new Tensor('int64', BigInt64Array.of(BigInt(SAMPLE_RATE)), []);
  readonly #output = new Tensor('float32', this.#score, [1, 1]);
  #state = new Tensor('float32', this.#states[0], STATE);
  #nextState = new Tensor('float32', this.#states[1], STATE);

  /** @param owner releases the session in the end */
  private constructor(session: InferenceSession, owner: boolean) {
    this.#session = session;
    this.#owner = owner;
  }

  /**
   * Loads the weights.
   * @param path another file than the bundled one; it must be the same weights
   * @throws VoiceError detector-failed
   */
  static async load(path?: string): Promise<SileroDetector> {
    return new SileroDetector(await loadWeights(SILERO, failed, path), true);
  }

  async probability(frame: Float32Array): Promise<number> {
    if (frame.length !== FRAME) throw new RangeError(`a frame has ${FRAME} samples, not ${frame.length}`);
    this.#window.copyWithin(0, FRAME);
    this.#window.set(frame, CONTEXT);
    await this.#session.run(
      { input: this.#input, state: this.#state, sr: this.#rate },
      { output: this.#output, stateN: this.#nextState },
    );
    [this.#state, this.#nextState] = [this.#nextState, this.#state];
    return this.#score[0] ?? 0;
  }

  reset(): void {
    this.#window.fill(0);
    for (const state of this.#states) state.fill(0);
  }

  /** The network is the same, and runs for both; a second session would take 60 ms and memory that is not given back. */
  async another(): Promise<SileroDetector> {
    return new SileroDetector(this.#session, false);
  }

  async close(): Promise<void> {
    if (this.#owner) await this.#session.release();
  }
}

function failed(reason: string, cause?: unknown): VoiceError {
  const detail = cause instanceof Error ? `: ${cause.message}` : '';
  return new VoiceError(
    'detector-failed',
    `The speech detector cannot start: ${reason}${detail}.`,
    'Install codex-voice again, or set detector = "webrtc" in config.toml.',
    { cause },
  );
}
