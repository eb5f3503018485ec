import { expect, test } from 'vitest';
import { EVERY_CASE } from '../support/gate.ts';
import { checkTranscripts } from '../support/transcripts.ts';

const CASES = EVERY_CASE ? 100 : 40;

test(`${CASES} random transcripts reach the model as they are, and run nothing`, async () => {
  await expect(checkTranscripts(CASES, Date.now() % 1_000_000)).resolves.toBeUndefined();
});
