import type { ErrorReport } from '../errors.ts';

/** What the parent sends to the engine process. Node's IPC with `serialization: 'advanced'` carries the samples. */
export type ToEngine =
  /** 16 kHz mono float samples; `prompt` teaches it words. One request at a time. */
  { type: 'transcribe'; id: number; audio: Float32Array; prompt?: string } | { type: 'abort'; id: number };

/** What the engine process sends back. */
export type FromEngine =
  /** The model is loaded and warm. */
  | { type: 'ready'; ms: number }
  /** It cannot be loaded, now or later; the process ends. */
  | { type: 'unusable'; error: ErrorReport }
  /** `ms`: the engine's own time. */
  | { type: 'transcribed'; id: number; text: string; ms: number }
  | { type: 'aborted'; id: number }
  /** The engine refused this audio; it lives on. */
  | { type: 'refused'; id: number; reason: string };

/** What the engine is started with. */
export interface EngineOptions {
  modelPath: string;
  /** null: not known. */
  sha256: string | null;
  /** ISO 639-1, e.g. `en`. */
  language: string;
  threads: number;
}

/** The options as arguments of the engine's process, so that `ps` shows which model runs. */
export function engineArguments({ modelPath, sha256, language, threads }: EngineOptions): string[] {
  const hash = sha256 === null ? [] : [`--sha256=${sha256}`];
  return [`--model=${modelPath}`, ...hash, `--language=${language}`, `--threads=${threads}`];
}
