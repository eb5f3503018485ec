import type { ErrorReport } from '../errors.ts';

/** A word of a transcript, with the engine's confidence. */
export interface HeardWord {
  text: string;
  /** Mean probability of its tokens, 0 to 1. */
  confidence: number;
}

/** The transcript of a piece of speech. */
export interface Transcript {
  text: string;
  /** The engine's own time, ms. */
  ms: number;
  /** Mean probability of the tokens, 0 to 1. Absent where the engine does not report it. */
  confidence?: number;
  /**
   * Probability of the full stop, question or exclamation mark that ends the text, 0 to 1. Absent where it ends otherwise
   * or the engine does not report it.
   */
  endMark?: number;
  /** The words of `text` in order. Absent where the engine does not report them. */
  words?: readonly HeardWord[];
}

export interface TranscribeOptions {
  /** Text that teaches the engine words it is about to hear. */
  prompt?: string;
  /**
   * Words and phrases that are likely in what is said, as they are spoken. An engine that cannot use them ignores them.
   * The engine prepares an array once: pass the same object as long as its content is the same.
   */
  phrases?: readonly string[];
  /**
   * The text of the first part of the same audio. An engine that can check it decodes only the rest. It never changes
   * the text.
   */
  draft?: string;
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
