import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import type { Paths } from '../../src/files/paths.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { SpokenWords } from '../../src/listening/spoken-words.ts';
import type { Settings } from '../../src/settings/schema.ts';
import { cacheFile, writeVocabulary } from '../../src/vocabulary/cache-file.ts';
import { waitFor } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a word is remembered in the list of the user, once, and counts for the next utterance', async () => {
  const folder = temporaryFolder();
  const [state, config] = [join(folder, 'state'), join(folder, 'config', 'config.toml')];
  const project = join(folder, 'project');
  writeVocabulary(cacheFile(join(state, 'vocabulary'), project), project, {
    terms: [{ written: 'parseConfig', kind: 'name', weight: 0.9 }],
  });
  const words = new SpokenWords({
    settings: () => ({ prompt: { vocabulary: true }, replace: [] }) as unknown as Settings,
    paths: { state, config } as Paths,
    directoryOf: () => project,
    // What is trusted would be searched by a child.
    trusts: () => false,
    journal: { list: () => [] } as unknown as Journal,
    logger: pino({ level: 'silent' }),
  });
  onTestFinished(() => words.close());
  words.prepare('backend');
  await waitFor('the words', () => words.phrases('backend').includes('parse config'));
  expect(words.rewrite('backend', 'restart the zarquon demon').prompt).toBe('restart the zarquon demon');
  expect(words.memorable('restart')).toBeNull();
  expect(words.memorable('Zarquon-Daemon')).toBe('Zarquon-Daemon');
  await words.remember('Zarquon-Daemon');
  expect(words.rewrite('backend', 'restart the zarquon daemon').prompt).toBe('restart the Zarquon-Daemon');
  expect(words.phrases('backend')).toContain('parse config');
  expect(words.phrases('backend')).toContain('zarquon daemon');
  expect(words.memorable('Zarquon-Daemon')).toBeNull();
  await expect(words.remember('Zarquon-Daemon')).rejects.toMatchObject({ code: 'usage' });
  await expect(words.remember('restart')).rejects.toMatchObject({ code: 'usage' });
  expect(await readFile(join(folder, 'config', 'vocabulary.txt'), 'utf8')).toBe('Zarquon-Daemon\n');
});
