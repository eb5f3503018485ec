import { type ErrorReport, VoiceError } from '../errors.ts';

/** `idle`: not loaded; it is loaded when the user begins to speak. */
export interface TurnDetectorState {
  state: 'idle' | 'starting' | 'ready' | 'failed';
  reason?: ErrorReport;
}

/** Judges whether a speaker who has fallen silent has finished, or is only thinking. */
export interface TurnDetector {
  readonly state: TurnDetectorState;
  /** Somebody begins to speak: it should be ready when they pause. */
  warm(): void;
  /**
   * The probability, 0 to 1, that the speaker has finished; null: it cannot be had. Best asked 100 to 200 ms after the
   * last word: silence itself sounds final.
   * @param samples 16 kHz mono, up to now; the last 8 s count
   */
  finished(samples: Float32Array): Promise<number | null>;
  close(): Promise<void>;
}

/** The error of a turn detector that cannot be used: the fixed rule stands in for it. */
export function turnDetectorFailed(reason: string, cause?: unknown): VoiceError {
  const detail = cause instanceof Error ? `: ${cause.message}` : '';
  return new VoiceError(
    'detector-failed',
    `The end-of-turn detector cannot start: ${reason}${detail}. The fixed silence of endpoint_ms is used instead.`,
    'Install codex-voice again, or set adaptive_endpoint = false in config.toml.',
    { cause },
  );
}
