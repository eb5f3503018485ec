import { expect, test } from 'vitest';
import { checkTranscripts } from '../support/transcripts.ts';

test('a hundred random transcripts reach the model as they are, and run nothing', async () => {
  await expect(checkTranscripts(100, Date.now() % 1_000_000)).resolves.toBeUndefined();
});
