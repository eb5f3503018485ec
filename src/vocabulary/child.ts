import { text } from 'node:stream/consumers';
import { type ErrorReport, reportOf } from '../errors.ts';
import { workInBackground } from '../processes/background.ts';
import { writeVocabulary } from './cache-file.ts';
import { type CollectReport, REQUEST } from './child-messages.ts';
import { collect } from './collect/collect.ts';
import { loadEnglish } from './english.ts';
import { countIdentifiers } from './identifiers.ts';
import { rankTerms } from './matching/rank.ts';
import { readWordList } from './word-list.ts';

/** Collects the words of a project into its file, with the lowest priority, because it is not urgent. */
export async function runVocabularyChild(): Promise<void> {
  const started = performance.now();
  workInBackground();
  const { folder, file, lists, conversation } = REQUEST.parse(JSON.parse(await text(process.stdin)));
  const problems: ErrorReport[] = [];
  const [english, found, ...own] = await Promise.all([
    loadEnglish(),
    collect(folder),
    ...lists.map((list) =>
      readWordList(list).catch((error: unknown) => {
        problems.push(reportOf(error));
        return [];
      }),
    ),
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
    problems: [...problems, ...found.problems],
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
