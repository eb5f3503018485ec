import type { ErrorReport } from '../../errors.ts';
import type { Transcript } from '../transcriber.ts';

/** Phrases that are likely. They are sent once; later requests name them by their key alone. */
export interface SentPhrases {
  key: number;
  list?: readonly string[];
}

/** Asks for the text of 16 kHz mono float samples. */
export interface TranscribeRequest {
  type: 'transcribe';
  audio: Float32Array;
  /** Text that teaches the engine words. */
  prompt?: string;
  phrases?: SentPhrases;
  /** The text of the first part of the same audio. */
  draft?: string;
  /** A partial text: everything else goes before it. */
  yields?: boolean;
}

/** Asks an engine process to load smart-turn, if it has not. */
interface WarmRequest {
  type: 'warm';
}

/** Asks whether the speaker has finished. @see TurnDetector */
interface TurnRequest {
  type: 'turn';
  samples: Float32Array;
}

/** Requests to an engine process. The response has the same id. */
export type EngineRequest = TranscribeRequest | WarmRequest | TurnRequest;

/** Messages to the engine process. Node's IPC with `serialization: 'advanced'` carries the samples. */
export type ToEngine = (EngineRequest & { id: number }) | { type: 'abort'; id: number };

/** The answer to a request. */
export type EngineAnswer =
  | { type: 'transcribed'; id: number; transcript: Transcript }
  | { type: 'warm'; id: number }
  /** `probability` that the speaker has finished, 0 to 1. */
  | { type: 'turn'; id: number; probability: number }
  | { type: 'aborted'; id: number }
  /** The engine cannot do this; it lives on. */
  | { type: 'refused'; id: number; error: ErrorReport };

/** Messages from the engine process. */
export type FromEngine =
  /** Its model is loaded and warm. */
  | { type: 'ready'; ms: number }
  /** It cannot be loaded, now or later; the process ends. */
  | { type: 'unusable'; error: ErrorReport }
  | EngineAnswer;

/** Options of the transcribe-cpp process. */
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

/** The arguments of the ear's process. @param ear folder of its weights; null: the process runs smart-turn alone */
export function earArguments(ear: string | null): string[] {
  return ear === null ? ['--turn'] : [`--ear=${ear}`];
}
