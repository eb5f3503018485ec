import type { Timings } from '../utterance.ts';

/** Distribution of a stage's durations, ms. */
export interface Percentiles {
  count: number;
  min: number;
  median: number;
  p95: number;
  p99: number;
  max: number;
}

/** The stages in order. `loop`, the time that the user waits, is last. */
export const STAGES = [
  'microphone',
  'speech',
  'endpoint',
  'transcription',
  'transcript_wait',
  'review',
  'delivery',
  'first_token',
  'answer',
  'notify',
  'loop',
] as const satisfies readonly (keyof Timings)[];

/** Returns the percentiles of each stage that happened at least once. */
export function stagePercentiles(timings: readonly Timings[]): Partial<Record<keyof Timings, Percentiles>> {
  const stages: Partial<Record<keyof Timings, Percentiles>> = {};
  for (const stage of STAGES) {
    const values = timings.map((each) => each[stage]).filter((value) => value !== undefined);
    const percentiles = percentilesOf(values);
    if (percentiles) stages[stage] = percentiles;
  }
  return stages;
}

/** Nearest-rank percentiles, so that each is a measured value. null: there are no values. */
export function percentilesOf(values: readonly number[]): Percentiles | null {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (percent: number): number =>
    sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
  if (sorted.length === 0) return null;
  return {
    count: sorted.length,
    min: rank(0),
    median: rank(50),
    p95: rank(95),
    p99: rank(99),
    max: rank(100),
  };
}
