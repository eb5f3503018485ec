import { writeFile } from 'node:fs/promises';
import { encodeWav } from '../../src/microphone/sound-files/wav.ts';

/** Writes 16 kHz mono samples as a WAV file. */
export async function writeWav(path: string, samples: Float32Array): Promise<void> {
  await writeFile(path, encodeWav(samples));
}
