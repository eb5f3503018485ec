import type { Logger } from 'pino';
import type { Model } from '../models/catalogue.ts';
import { onnxRuntimeProblem } from '../single-file/onnx-runtime.ts';
import { EarHost } from './ear/host.ts';
import type { Transcriber } from './transcriber.ts';
import { earUnavailable, UnavailableTranscriber } from './unavailable.ts';
import { createWhisper } from './whisper/whisper.ts';

interface EngineSettings {
  /** ISO 639-1, e.g. `en`; the model must know it. */
  language: string;
  /** Threads of transcribe-cpp. Default: what suits the machine. */
  threads?: number;
  /** Called with the process id of each process of the engine that is ready. */
  onReady?: (pid: number) => void;
  /** The process of the embedded engine, to share it with smart-turn; default: a new one. */
  host?: EarHost;
  logger: Logger;
}

/**
 * Starts the engine that runs a model of this kind. It is usable at once, and quick when ready() resolves. Where the
 * engine cannot run on this machine, ready() and transcribe() reject with `engine-failed`.
 */
export function createEngine(model: Model, { threads, host, ...common }: EngineSettings): Transcriber {
  const options = threads === undefined ? common : { ...common, threads };
  switch (model.kind) {
    case 'ear': {
      const problem = onnxRuntimeProblem();
      if (problem !== null) {
        const error = earUnavailable(problem, `${process.platform}-${process.arch}`);
        return new UnavailableTranscriber(model.name, error, common.logger);
      }
      return (host ?? new EarHost(common)).transcriber({
        model: model.name,
        folder: () => model.folder,
        language: common.language,
      });
    }
    case 'ggml':
      return createWhisper({ modelPath: model.path, sha256: model.sha256, ...options });
  }
}
