import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type { Logger } from 'pino';
import { childCommand } from '../../single-file/child.ts';
import { EngineProcess } from '../process/engine-process.ts';
import { engineArguments } from '../process/messages.ts';
import { ProcessTranscriber } from '../process/process-transcriber.ts';
import { Supervisor } from '../process/supervisor.ts';
import type { Transcriber } from '../transcriber.ts';

/** More threads than this do not make tiny.en quicker. */
const MOST_THREADS = 4;
/** Left to itself glibc keeps the buffers in pieces, bytes: 440 to 500 MB after 90 runs instead of 175 (glibc 2.36). */
const GIVES_BACK = 262_144;

export interface WhisperOptions {
  modelPath: string;
  /** SHA-256 of the model, checked at every load; null when it is unknown. */
  sha256: string | null;
  /** ISO 639-1, e.g. `en`; the model must know it. */
  language: string;
  /** Default: a thread a core, at most four. */
  threads?: number;
  logger: Logger;
  /** The command of the engine's process; default: this program's own child. */
  child?: { command: string; args: string[] };
  /** Called with the process id each time an engine has loaded its model. */
  onReady?: (pid: number) => void;
}

/**
 * Starts a Whisper engine (transcribe-cpp) that keeps a ggml model loaded. It is usable at once, and quick when ready()
 * resolves.
 */
export function createWhisper(options: WhisperOptions): Transcriber {
  const { modelPath, sha256, language, logger, onReady } = options;
  const { child = childCommand('whisper'), threads = Math.min(MOST_THREADS, availableParallelism()) } =
    options;
  const args = engineArguments({ modelPath, sha256, language, threads });
  const { command } = child;
  const spawn = (): EngineProcess =>
    new EngineProcess({ command, args: [...child.args, ...args], givesBack: GIVES_BACK }, logger);
  const supervisor = new Supervisor({ spawn, logger, onReady });
  const release = (): Promise<void> => supervisor.close();
  return new ProcessTranscriber({ supervisor, model: basename(modelPath), release });
}
