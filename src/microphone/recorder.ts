import type { Driver } from '../drivers.ts';
import type { ErrorReport } from '../errors.ts';
import type { AudioFrame, RecorderName } from './microphone.ts';

/**
 * Why a recorder gives no (more) sound: it is not there, it runs but is silent, or it is gone. With a report the
 * cause is known, and no other recorder can do better.
 */
export class RecorderFailure extends Error {
  readonly kind: 'missing' | 'silent' | 'ended';
  readonly report: ErrorReport | null;

  constructor(kind: RecorderFailure['kind'], message: string, report: ErrorReport | null = null) {
    super(message);
    this.kind = kind;
    this.report = report;
  }
}

export interface Patience {
  /** ms from the start to the first bytes */
  first: number;
  /** ms between two chunks */
  next: number;
}

/** A running recording. */
export interface Recording {
  /**
   * Yields its frames to one consumer until `end` is called, including those that had arrived by then.
   * @throws RecorderFailure when it is silent or ends by itself
   */
  frames(): AsyncIterable<AudioFrame>;
  /** Resolves when the microphone is free; may be called twice. */
  end(): Promise<void>;
}

/** The current source of a recorder, or the one that it would record now. */
export interface SourceState {
  /** As the sound settings call it; null: there is none. */
  description: string | null;
  /** Why nothing can be heard from it, in plain words; null: nothing is known to be wrong. */
  trouble: ErrorReport | null;
}

/** One way to record from one device. */
export interface Recorder extends Driver<RecorderName> {
  /** The Debian package that has what it needs; null: nothing has to be installed. */
  readonly debianPackage: string | null;
  /** Null where the recorder does not know. */
  readonly source: SourceState | null;
  /** Begins to record at once. @throws RecorderFailure */
  open(patience: Patience): Promise<Recording>;
  /** Lets go of what it keeps between recordings. */
  close(): Promise<void>;
}

/** Requested latency of the sound server, ms; with less, processes wake up more often. */
export const LATENCY_MS = 20;
