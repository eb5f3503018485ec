import type { Desktop } from '../support/desktop.ts';
import type { SectionReport } from './figures.ts';

/** What every section is given. */
export interface BenchContext {
  desktop: Desktop;
  clips: number;
  repeat: number;
  idleSeconds: number;
  /** Numbers of busy programs beside the loop; 0 is the baseline. */
  loads: readonly number[];
  /** Tells somebody who waits how far it is. */
  progress(line: string): void;
}

/** Measures one thing; what it starts ends with it. */
export type Section = (context: BenchContext) => Promise<SectionReport>;
