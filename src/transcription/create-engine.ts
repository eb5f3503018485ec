import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Model } from '../models/catalogue.ts';
import { onnxRuntimeProblem } from '../platform/onnx-runtime.ts';
import type { Transcriber } from './transcriber.ts';
import { earUnavailable, UnavailableTranscriber } from './unavailable.ts';
import { createWhisper } from './whisper.ts';

/** To be removed with the stand-in below. */
const STAND_IN = fileURLToPath(new URL('../../test/data/models/ggml-tiny.en-q8_0.bin', import.meta.url));

export interface EngineSettings {
  /** ISO 639-1, e.g. `en`; the model must know it. */
  language: string;
  /** Default: what suits the engine. */
  threads?: number;
  /** Called with the process id of each process of the engine that is ready. */
  onReady?: (pid: number) => void;
  logger: Logger;
}

/**
 * Starts the engine that runs a model of this kind. It is usable at once, and quick when ready() resolves. Where the
 * engine cannot run on this machine, ready() and transcribe() reject with `engine-failed`.
 */
export function createEngine(model: Model, { threads, ...common }: EngineSettings): Transcriber {
  const options = threads === undefined ? common : { ...common, threads };
  switch (model.kind) {
    case 'ear': {
      const problem = onnxRuntimeProblem();
      if (problem !== null) {
        const error = earUnavailable(problem, `${process.platform}-${process.arch}`);
        return new UnavailableTranscriber(model.name, error, common.logger);
      }
      // STAND-IN, to be replaced by the engine for ONNX files: it runs the weights that the ear was made from.
      return createWhisper({
        modelPath: STAND_IN,
        sha256: null,
        ...options,
      });
    }
    case 'ggml':
      return createWhisper({ modelPath: model.path, sha256: model.sha256, ...options });
  }
}
