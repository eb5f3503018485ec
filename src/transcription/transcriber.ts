import type { ErrorReport } from '../errors.ts';

/** What an engine made of a piece of speech. */
export interface Transcript {
  text: string;
  /** The engine's own time, ms. */
  ms: number;
}

export interface TranscribeOptions {
  /** Text that teaches the engine words it is about to hear. */
  prompt?: string;
  /** Aborted, it rejects at once; the engine is free again when its encoder has ended (transcribe-cpp 0.2.3). */
  signal?: AbortSignal;
  /** It gives way: it rejects with an AbortError when the engine is busy, and as soon as another call comes. */
  yields?: boolean;
}

export interface TranscriberState {
  engine: string;
  model: string;
  state: 'starting' | 'ready' | 'busy' | 'restarting' | 'failed' | 'closed';
  pid: number | null;
  /** Why it is not the engine that the settings name. */
  reason?: ErrorReport;
}

/** Turns speech (16 kHz mono float) into text. */
export interface Transcriber {
  readonly state: TranscriberState;
  /** Resolves when the model is loaded. @throws VoiceError model-missing, model-corrupt, engine-failed */
  ready(): Promise<void>;
  /**
   * One at a time, in the order asked for. Survives the death of the engine: it is started again and the same
   * audio is transcribed again.
   * @throws VoiceError engine-failed when the engine keeps dying; AbortError when the signal aborts
   */
  transcribe(audio: Float32Array, options?: TranscribeOptions): Promise<Transcript>;
  close(): Promise<void>;
}
