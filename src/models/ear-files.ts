import { dirname, join } from 'node:path';
import { assetPath } from '../single-file/assets.ts';

/** Its folder in assets/, and its group in the single file. */
export const EAR_GROUP = 'ear';

/** Parts of the embedded model: two ONNX graphs and the bytes of each token. */
export const EAR_PARTS = ['encoder', 'decoder', 'tokens'] as const;
type EarPart = (typeof EAR_PARTS)[number];

/** A file whose content is known. */
interface ModelFile {
  path: string;
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
}

/** The files of the embedded model by their part. */
export type EarFiles = Readonly<Record<EarPart, ModelFile>>;

/** The weights in assets/ear, made on 2026-11-29; assets/ear/README.md is their card. */
const PARTS: Readonly<Record<EarPart, { file: string; bytes: number; sha256: string }>> = {
  encoder: {
    file: 'encoder.onnx',
    bytes: 19_227_199,
    sha256: '53ad860e33ff8cfaea4d9a013c2f0b548e40b356d4dd88eb3a2f24b5ca829182',
  },
  decoder: {
    file: 'decoder.onnx',
    bytes: 56_870_663,
    sha256: 'bcc47ffade9ceb636f23d92ff030741308c2abccb56ad872331abf92ccb9d187',
  },
  tokens: {
    file: 'tokens.json',
    bytes: 695_920,
    sha256: '12f3c45b5fcbcbfee4fb679688dca297546bb4cc19d446e2d61a27a5076a7f84',
  },
};

/**
 * The folder of the embedded model. In the single file its files are extracted first when they are missing or cut short.
 * @throws VoiceError cache-unusable, program-damaged
 */
export function earFolder(): string {
  return dirname(assetPath(`${EAR_GROUP}/${PARTS.encoder.file}`));
}

/** The files of the embedded model in this folder. They are not looked at: see checkedEar(). */
export function earFiles(folder: string): EarFiles {
  const placed = (part: EarPart): ModelFile => {
    const { file, ...known } = PARTS[part];
    return { path: join(folder, file), ...known };
  };
  return { encoder: placed('encoder'), decoder: placed('decoder'), tokens: placed('tokens') };
}

/** Size of all files together, bytes. */
export const EAR_BYTES = EAR_PARTS.reduce((sum, part) => sum + PARTS[part].bytes, 0);
