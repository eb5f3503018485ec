import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { LogMel, MEL_BANDS } from './log-mel.ts';
import { loadWeights } from './network.ts';
import { turnDetectorFailed } from './turn-detector.ts';
import { SMART_TURN, TURN_SAMPLES } from './weights.ts';

/**
 * The smart-turn network (Whisper's encoder with a small head): hears from intonation and pace whether the speaker has
 * finished. A call blocks its thread for about 50 ms (onnxruntime-node 1.24.3 runs on the caller's thread), so it runs
 * in a separate process: see turn-process.ts.
 */
export class SmartTurn {
  readonly #session: InferenceSession;
  readonly #features = new LogMel(TURN_SAMPLES);

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /**
   * Loads the weights.
   * @param path another file than the bundled one; it must be the same weights
   * @throws VoiceError detector-failed
   */
  static async load(path?: string): Promise<SmartTurn> {
    return new SmartTurn(await loadWeights(SMART_TURN, turnDetectorFailed, path));
  }

  /** The probability that the speaker has finished. @param samples 16 kHz mono, up to now; the last 8 s count */
  async finished(samples: Float32Array): Promise<number> {
    const features = this.#features.of(samples);
    const input = new Tensor('float32', features, [1, MEL_BANDS, features.length / MEL_BANDS]);
    const output = await this.#session.run({ input_features: input });
    const [name] = this.#session.outputNames;
    const score = name === undefined ? undefined : output[name]?.data[0];
    if (typeof score !== 'number') throw turnDetectorFailed('its network gives no probability');
    return score;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}
