/** Tells speech from other sound, frame by frame, at 16 kHz mono. */
export interface Detector {
  readonly name: 'silero' | 'webrtc';
  /** Samples a frame: 512 (32 ms) for both drivers. */
  readonly frameSamples: number;
  /** True when it takes short tones, such as this program's cues, for speech. */
  readonly takesTones: boolean;
  /** The probability, 0 to 1, that this frame is speech; frames must come in order. */
  probability(frame: Float32Array): Promise<number>;
  /** Forgets what came before: call it between recordings. */
  reset(): void;
  /**
   * One more, for another recording at the same time; what the two can share they do. It must be closed before this
   * one. @throws VoiceError detector-failed
   */
  another(): Promise<Detector>;
  close(): Promise<void>;
}
