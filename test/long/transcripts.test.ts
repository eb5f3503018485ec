import { expect, test } from 'vitest';
import { checkTranscripts } from '../support/transcripts.ts';

const CASES = Number(process.env.CASES ?? 1_000);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
/** Each part has a conversation of its own: a long one makes every further prompt slower. */
const PART = 100;

test(`${CASES} random transcripts reach the model as they are, and run nothing (seed ${SEED})`, async () => {
  for (let part = 0; part * PART < CASES; part += 1) {
    await expect(checkTranscripts(Math.min(PART, CASES - part * PART), SEED + part)).resolves.toBeUndefined();
  }
});
