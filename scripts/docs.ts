/** Writes the generated sections and files of the documentation: `npm run docs`. A unit test fails when they are out of date. */
import { readFile, writeFile } from 'node:fs/promises';
import { FILES, SECTIONS, withSection } from './docs/pages.ts';

const ROOT = new URL('../', import.meta.url);

for (const { file, name, text } of SECTIONS) {
  const path = new URL(file, ROOT);
  await writeFile(path, withSection(await readFile(path, 'utf8'), name, text()));
}
for (const { file, text } of FILES) await writeFile(new URL(file, ROOT), text());
