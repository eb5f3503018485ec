import { join } from 'node:path';
import type { GgmlModel } from '../../src/models/catalogue.ts';

/** Size of the file, bytes. */
export const GGML_BYTES = 43_550_795;

/**
 * A model for transcribe-cpp and whisper.cpp: OpenAI's Whisper tiny.en (MIT), quantised to q8_0 from the original
 * weights. It is no part of the program; give it to the program by its path.
 */
export const ggmlModel: GgmlModel & { sha256: string } = {
  kind: 'ggml',
  name: 'ggml-tiny.en-q8_0.bin',
  path: join(import.meta.dirname, '..', 'data', 'models', 'ggml-tiny.en-q8_0.bin'),
  sha256: '61e9a0e72b4561f999906d79ed8f98e1e724c86130bb429a4f9fd9cb562d0b78',
};
