import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { SAMPLE_RATE } from '../microphone/microphone.ts';
import { assetPath } from '../platform/assets.ts';
import { LogMel, MEL_BANDS } from './log-mel.ts';
import type { TurnDetector } from './turn-detector.ts';
import { turnDetectorFailed } from './turn-detector.ts';
import { SMART_TURN } from './weights.ts';

/** It hears the last 8 s. */
const WINDOW = 8 * SAMPLE_RATE;

/** As for Silero: one thread, no memory that is kept between the pauses of a speech. */
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: [{ name: 'cpu', useArena: false }],
  executionMode: 'sequential',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  enableCpuMemArena: false,
  enableMemPattern: false,
  logSeverityLevel: 3,
};

/**
 * The smart-turn network (Whisper's encoder with a small head): hears from intonation and pace whether somebody is
 * done. It runs on a thread of ONNX Runtime's own; what the event loop bears are the features, 2 to 5 ms a pause.
 */
export class SmartTurn implements TurnDetector {
  readonly #session: InferenceSession;
  readonly #features = new LogMel(WINDOW);

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /**
   * Loads the weights.
   * @param path another file than the bundled one; it must be the same weights
   * @throws VoiceError detector-failed
   */
  static async load(path = assetPath(SMART_TURN.asset)): Promise<SmartTurn> {
    const weights = await readFile(path).catch((error: unknown) => {
      throw turnDetectorFailed(`the weights ${path} cannot be read`, error);
    });
    const sha256 = createHash('sha256').update(weights).digest('hex');
    if (sha256 !== SMART_TURN.sha256) {
      throw turnDetectorFailed(
        `the weights ${path} are damaged: SHA-256 ${sha256}, not ${SMART_TURN.sha256}`,
      );
    }
    const session = await InferenceSession.create(weights, SESSION_OPTIONS).catch((error: unknown) => {
      throw turnDetectorFailed('ONNX Runtime refused the weights', error);
    });
    return new SmartTurn(session);
  }

  async finished(samples: Float32Array): Promise<number> {
    const features = new Tensor('float32', this.#features.of(samples), [1, MEL_BANDS, WINDOW / 160]);
    const output = await this.#session.run({ input_features: features });
    const [name] = this.#session.outputNames;
    const score = name === undefined ? undefined : output[name]?.data[0];
    if (typeof score !== 'number') throw turnDetectorFailed('its network gives no probability');
    return score;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}
