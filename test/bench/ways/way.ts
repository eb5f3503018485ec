import type { Timings } from '../../../src/utterance.ts';
import type { ProcessUse } from '../process-tree.ts';

/** When an utterance passed what all ways have: performance.now(), ms. */
export interface Passed {
  /** The prompt was at the model. */
  request: number;
  /** The first words of the answer were there for the person. */
  delta: number;
  /** What was understood. */
  text: string;
  /** As the journal has them, of codex-voice alone; ms. */
  timings?: Timings;
  /** Processor time while the clip was played, of codex-voice alone; ms. */
  whileSpeaking?: number;
}

/** One way from a spoken sentence to the first words of Codex's answer. */
export interface Way extends AsyncDisposable {
  /** Listens, lets the person speak once it does, and resolves when the answer is there and all has come to rest. */
  utterance(speak: () => Promise<unknown>): Promise<Passed>;
  /** Processor time so far of all its processes, of those that have ended too; ms. */
  spent(): Promise<number>;
  /** The processes that stay between utterances. */
  residents(): Promise<ProcessUse[]>;
}
