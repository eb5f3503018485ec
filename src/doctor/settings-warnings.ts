import { type ErrorReport, reportOf } from '../errors.ts';
import type { LoadedSettings } from '../settings/load.ts';
import { addressWarning } from '../transcription/server-address.ts';
import { ownList, readWordList } from '../vocabulary/word-list.ts';

/** What is wrong or unsafe beside the errors of config.toml: the daemon runs all the same. */
export async function settingsWarnings({ file, settings }: LoadedSettings): Promise<ErrorReport[]> {
  const insecure = addressWarning(settings.transcription);
  const list = await readWordList(ownList(file)).then(() => null, reportOf);
  return [insecure, list].filter((warning) => warning !== null);
}
