import { percentilesOf } from '../../src/metrics/percentiles.ts';

export type Unit = 'ms' | '%' | 'MB';

/** How measured values are spread; every number is one that was measured (nearest rank). */
export interface Spread {
  count: number;
  median: number;
  p95: number;
}

/** One line of the report. */
export interface Figure {
  what: string;
  unit: Unit;
  ours: Spread;
  /** The same thing done the way it is compared with, in the same run. */
  baseline?: Spread;
  /** baseline / ours, of the medians and of the 95th percentiles. */
  ratio?: { median: number; p95: number };
  /** The median should be at most this. */
  aim?: number;
}

/** What a section of the benchmark prints. */
export interface SectionReport {
  figures: Figure[];
  /** What the baseline is, and what else is needed to read the figures. */
  notes: string[];
}

/** @throws Error when there are no values: a figure nobody measured must not be printed */
export function spreadOf(values: readonly number[]): Spread {
  const percentiles = percentilesOf(values);
  if (percentiles === null) throw new Error('nothing was measured');
  const { count, median, p95 } = percentiles;
  return { count, median, p95 };
}

/** A figure of measured values, with its ratio where there is a baseline. */
export function figure(
  what: string,
  unit: Unit,
  values: readonly number[],
  { baseline, aim }: { baseline?: readonly number[]; aim?: number } = {},
): Figure {
  const ours = spreadOf(values);
  const compared = baseline && spreadOf(baseline);
  return {
    what,
    unit,
    ours,
    ...(compared && {
      baseline: compared,
      ratio: { median: compared.median / ours.median, p95: compared.p95 / ours.p95 },
    }),
    ...(aim !== undefined && { aim }),
  };
}
