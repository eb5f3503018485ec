import type { RecorderName } from './microphone.ts';

/** How to run a recorder: an argument list, never a shell line. */
export interface RecorderCommand {
  /** Absolute path of the program. */
  file: string;
  args: string[];
  /** Variables added to the environment. */
  env?: Record<string, string>;
}

/** One way to record: a program that prints 16 kHz mono s16le samples, without a header, as they arrive. */
export interface Recorder {
  readonly name: RecorderName;
  /** The Debian package that has the program. */
  readonly debianPackage: string;
  /**
   * The command line for a device (`default` or a name the program knows), or null when the program is not in
   * PATH.
   */
  command(device: string, env: NodeJS.ProcessEnv): Promise<RecorderCommand | null>;
}

/** What to ask of the sound server between two chunks, ms: with less the processes wake up more often. */
export const LATENCY_MS = 20;
