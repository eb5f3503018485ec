import type { Logger } from 'pino';
import { reportOf, VoiceError } from '../errors.ts';
import type { OnnxRuntimeProblem } from '../single-file/onnx-runtime.ts';
import type { Transcriber, TranscriberState, Transcript } from './transcriber.ts';

/** The machines that transcribe-cpp 0.2.3 has libraries for; those for Linux need glibc. */
const GGML_MACHINES: ReadonlySet<string> = new Set([
  'darwin-arm64',
  'darwin-x64',
  'linux-arm64',
  'linux-x64',
  'win32-x64',
]);

/** Stands in for an engine that this machine cannot run: every request fails with the reason and the way out. */
export class UnavailableTranscriber implements Transcriber {
  readonly #model: string;
  readonly #error: VoiceError;

  constructor(model: string, error: VoiceError, logger: Logger) {
    this.#model = model;
    this.#error = error;
    logger.error({ code: error.code }, error.message);
  }

  get state(): TranscriberState {
    return { engine: 'none', model: this.#model, state: 'failed', pid: null, reason: reportOf(this.#error) };
  }

  /** @throws VoiceError the reason, always */
  async ready(): Promise<void> {
    throw this.#error;
  }

  /** @throws VoiceError the reason, always */
  async transcribe(): Promise<Transcript> {
    throw this.#error;
  }

  async close(): Promise<void> {}
}

/**
 * The error of the embedded model on a machine without ONNX Runtime.
 * @param machine `process.platform`-`process.arch`
 */
export function earUnavailable({ kind, reason }: OnnxRuntimeProblem, machine: string): VoiceError {
  const other = 'run `codex-voice models get base.en-q5_1`, then `codex-voice models use base.en-q5_1`.';
  const message = `The embedded speech model cannot run: ${reason}.`;
  if (kind === 'not-installed') {
    const again = 'Run ONNXRUNTIME_NODE_INSTALL=skip npm install --global codex-voice';
    return new VoiceError(
      'engine-failed',
      message,
      `${again}. To use a model that does not need it, ${other}`,
    );
  }
  const anotherEngine = kind === 'no-library' && GGML_MACHINES.has(machine);
  return new VoiceError(
    'engine-failed',
    message,
    anotherEngine
      ? `To use a model for the other engine, ${other}`
      : 'No speech engine runs on this machine. Use a 64-bit system, on Linux one with glibc.',
  );
}
