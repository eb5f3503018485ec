import { InferenceSession } from 'onnxruntime-node';
import type { VoiceError } from '../errors.ts';
import { sha256Of } from '../models/verify.ts';

/**
 * One thread and no memory arena: a frame of Silero takes 0.14 ms either way, and the process stays 4 MB smaller
 * (onnxruntime-node 1.24.3). With a second thread the ear is far slower where something else runs on its processor
 * (docs/decisions.md).
 */
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
 * Loads the weights of a network whose hash is known.
 * @param sha256 lower-case hex; null: it was checked before
 * @param failed makes the error of the network that cannot be loaded
 * @throws VoiceError what `failed` makes
 */
export async function loadNetwork(
  path: string,
  sha256: string | null,
  failed: (reason: string, cause?: unknown) => VoiceError,
): Promise<InferenceSession> {
  if (sha256 !== null) {
    const actual = await sha256Of(path).catch((error: unknown) => {
      throw failed(`the weights ${path} cannot be read`, error);
    });
    if (actual !== sha256) throw failed(`the weights ${path} are damaged: SHA-256 ${actual}, not ${sha256}`);
  }
  return InferenceSession.create(path, SESSION_OPTIONS).catch((error: unknown) => {
    throw failed('ONNX Runtime refused the weights', error);
  });
}
