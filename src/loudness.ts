/** A meter is empty below the first value and full above the second; speech is between them. */
const QUIET_DBFS = -60;
const LOUD_DBFS = -10;
const SIGNS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Level of a meter, 0 to 1. @param dbfs RMS */
export function loudness(dbfs: number): number {
  return Math.min(1, Math.max(0, (dbfs - QUIET_DBFS) / (LOUD_DBFS - QUIET_DBFS)));
}

/** The loudness as one character. @param dbfs RMS */
export function loudnessCharacter(dbfs: number): string {
  return SIGNS[Math.round(loudness(dbfs) * (SIGNS.length - 1))] ?? '';
}
