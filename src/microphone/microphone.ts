import type { ErrorReport } from '../errors.ts';

/** The one format inside the program: mono, 32-bit float in [-1, 1], at this rate (Hz). */
export const SAMPLE_RATE = 16_000;

/** A piece of sound; `at` is performance.now() in ms when its last sample had arrived. */
export interface AudioFrame {
  samples: Float32Array;
  at: number;
}

/** The ways to record, in the order in which they are tried; `file` only when it is asked for. */
export type RecorderName =
  | 'winmm'
  | 'audioqueue'
  | 'pulse'
  | 'parec'
  | 'pw-record'
  | 'arecord'
  | 'sox'
  | 'rec'
  | 'file';

export interface MicrophoneState {
  /** The recorder in use, or the one used last; null before the first recording. */
  backend: string | null;
  device: string;
  state: 'closed' | 'open' | 'failed';
  /** The source that is recorded, as the sound settings call it; null: only the recorder knows. */
  source: string | null;
  /** Why nothing can be heard from it, in plain words; null: nothing is known to be wrong. */
  trouble: ErrorReport | null;
  /** Recorders that were passed over, with the reason. */
  refused: { backend: string; reason: string }[];
}

/** A source of 16 kHz mono sound. The microphone is open only during an iteration. */
export interface Microphone {
  readonly state: MicrophoneState;
  /**
   * Opens the microphone and yields its sound until the signal aborts; no process holds the device afterwards.
   * @throws VoiceError microphone-missing, microphone-silent, microphone-failed
   */
  record(signal: AbortSignal): AsyncIterable<AudioFrame>;
  close(): Promise<void>;
}
