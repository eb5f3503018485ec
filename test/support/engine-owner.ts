/** A process that owns a Whisper engine and is killed by a test: it prints the engine's process id. */
import { pino } from 'pino';
import { createWhisper } from '../../src/transcription/whisper/whisper.ts';
import { ggmlModel } from './ggml-model.ts';

const { path, sha256 } = ggmlModel;
const logger = pino({ level: 'silent' });
const whisper = createWhisper({ modelPath: path, sha256, language: 'en', threads: 2, logger });
await whisper.ready();
process.stdout.write(`${whisper.state.pid}\n`);
// Long enough to be in the middle of it when the end comes.
await whisper.transcribe(new Float32Array(300 * 16_000).map((_, index) => 0.1 * Math.sin(index / 7)));
