import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Transcriber } from '../../src/transcription/transcriber.ts';
import { createWhisper } from '../../src/transcription/whisper/whisper.ts';
import { writeMultilingualModel } from '../support/multilingual-model.ts';
import { temporaryFolder } from '../support/process.ts';
import { clip } from '../support/speech.ts';

test('a multilingual model finds the language out, or is told it; one that it has never heard of is refused', async () => {
  await using folder = await temporaryFolder();
  const modelPath = join(folder.path, 'multilingual.bin');
  await writeMultilingualModel(modelPath);
  const engine = (language: string): Transcriber & AsyncDisposable => {
    const logger = pino({ level: 'silent' });
    const whisper = createWhisper({ modelPath, sha256: null, language, threads: 1, logger });
    return Object.assign(whisper, { [Symbol.asyncDispose]: () => whisper.close() });
  };
  for (const language of ['auto', 'de']) {
    await using whisper = engine(language);
    expect((await whisper.transcribe(clip('lj-0008').samples)).text).toContain('surpassed');
  }
  await using whisper = engine('xx');
  const refused = { code: 'config-invalid', message: expect.stringMatching(/"xx".*\bde, /) };
  await expect(whisper.ready()).rejects.toMatchObject(refused);
});
