/** The one format inside the program: mono, 32-bit float in [-1, 1], at this rate (Hz). */
export const SAMPLE_RATE = 16_000;

/** A piece of sound; `at` is performance.now() in ms when its last sample had arrived. */
export interface AudioFrame {
  samples: Float32Array;
  at: number;
}

/** The programs that record, in the order in which they are tried. */
export type RecorderName = 'parec' | 'pw-record' | 'arecord' | 'sox' | 'rec';

export interface MicrophoneState {
  /** The recorder in use, or the one used last; null before the first recording. */
  backend: string | null;
  device: string;
  state: 'closed' | 'open' | 'failed';
  /** Recorders that were passed over, with the reason. */
  refused: { backend: string; reason: string }[];
}

/** A source of 16 kHz mono sound that is open only while somebody iterates over it. */
export interface Microphone {
  readonly state: MicrophoneState;
  /**
   * Opens the microphone and yields its sound until the signal aborts; no process holds the device afterwards.
   * @throws VoiceError microphone-missing, microphone-silent, microphone-failed
   */
  record(signal: AbortSignal): AsyncIterable<AudioFrame>;
  close(): Promise<void>;
}
