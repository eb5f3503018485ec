/** Below this loudness a meter is empty, above the other one it is full; speech lies between. */
const QUIET_DBFS = -60;
const LOUD_DBFS = -10;
const SIGNS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** How full a meter is, 0 to 1. @param dbfs RMS */
export function loudness(dbfs: number): number {
  return Math.min(1, Math.max(0, (dbfs - QUIET_DBFS) / (LOUD_DBFS - QUIET_DBFS)));
}

/** The loudness as one character. @param dbfs RMS */
export function loudnessSign(dbfs: number): string {
  return SIGNS[Math.round(loudness(dbfs) * (SIGNS.length - 1))] ?? '';
}
