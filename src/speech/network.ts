import { dirname, join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import type { VoiceError } from '../errors.ts';
import { sha256Of } from '../models/verify.ts';
import { assetPath } from '../single-file/assets.ts';
import { checkedPart } from '../single-file/part-folder.ts';

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

/** Makes the error of a network that cannot be loaded. */
type NetworkFailed = (reason: string, cause?: unknown) => VoiceError;

/**
 * Loads bundled weights, checked by their SHA-256. In the single file, damaged ones are extracted again.
 * @param path another copy of the same weights; default: the bundled one
 * @throws VoiceError what `failed` makes; cache-unusable, program-damaged
 */
export async function loadWeights(
  { asset, sha256 }: { asset: string; sha256: string },
  failed: NetworkFailed,
  path: string = assetPath(asset),
): Promise<InferenceSession> {
  const [name = '', file = ''] = asset.split('/');
  const again = (): string => dirname(assetPath(asset));
  const checked = await checkedPart({ name, folder: dirname(path), again }, async (folder) => {
    const place = folder === dirname(path) ? path : join(folder, file);
    await checkWeights(place, sha256, failed);
    return place;
  });
  return loadNetwork(checked, failed);
}

async function checkWeights(path: string, sha256: string, failed: NetworkFailed): Promise<void> {
  const actual = await sha256Of(path).catch((error: unknown) => {
    throw failed(`the weights ${path} cannot be read`, error);
  });
  if (actual !== sha256) throw failed(`the weights ${path} are damaged: SHA-256 ${actual}, not ${sha256}`);
}

/** Loads the weights of a network, which were checked before. @throws VoiceError what `failed` makes */
export async function loadNetwork(path: string, failed: NetworkFailed): Promise<InferenceSession> {
  return InferenceSession.create(path, SESSION_OPTIONS).catch((error: unknown) => {
    throw failed('ONNX Runtime refused the weights', error);
  });
}
