/**
 * The same engine and weights as the program's own, in a process that loads them for one recording:
 * `node cold-whisper.ts FILE.wav` prints the text.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { TranscribeModel } from 'transcribe-cpp';
import { parseWav } from '../../src/microphone/wav.ts';
import { assetPath } from '../../src/platform/assets.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('which recording?');
const model = await TranscribeModel.load(assetPath('models/ggml-tiny.en-q8_0.bin'));
const session = model.createSession({ nThreads: Math.min(4, availableParallelism()) });
const { text } = await session.run(parseWav(readFileSync(file)).samples, {
  timestamps: 'none',
  language: 'en',
});
process.stdout.write(text.trim());
