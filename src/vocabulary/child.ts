import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { workInBackground } from '../processes/background.ts';
import { writeVocabulary } from './cache-file.ts';
import { collect, wordList } from './collect/collect.ts';
import { loadEnglish } from './english.ts';
import { countIdentifiers } from './identifiers.ts';
import { rankTerms } from './rank.ts';

/** What the child is told on its standard input, as JSON. */
const REQUEST = z.object({
  /** The project's folder. */
  folder: z.string(),
  /** Where the result goes. */
  file: z.string(),
  /** The person's lists of words. */
  lists: z.array(z.string()),
  /** What was said and answered lately. */
  conversation: z.array(z.string()),
});
export type CollectRequest = z.infer<typeof REQUEST>;

/** What the child says in the end, as JSON. */
export interface CollectReport {
  terms: number;
  files: number;
  readFiles: number;
  readBytes: number;
  ms: number;
}

/** Collects the words of a project into its file, with the least priority: nobody waits for it. */
export async function runVocabularyChild(): Promise<void> {
  const started = performance.now();
  workInBackground();
  const { folder, file, lists, conversation } = REQUEST.parse(JSON.parse(await text(process.stdin)));
  const [english, found, ...own] = await Promise.all([
    loadEnglish(),
    collect(folder),
    ...lists.map((list) => readFile(list, 'utf8').then(wordList, () => [])),
  ]);
  const mentioned = new Map<string, number>();
  for (const said of conversation) countIdentifiers(said, mentioned);
  const vocabulary = rankTerms(
    { ...found, own: [...own.flat(), ...(found.own ?? [])], mentioned: [...mentioned.keys()] },
    english,
  );
  writeVocabulary(file, folder, vocabulary);
  const { readFiles, readBytes } = found;
  const ms = Math.round(performance.now() - started);
  const report: CollectReport = {
    terms: vocabulary.terms.length,
    files: found.files.length,
    readFiles,
    readBytes,
    ms,
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
