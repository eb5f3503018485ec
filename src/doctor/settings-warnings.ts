import { type ErrorReport, reportOf } from '../errors.ts';
import type { LoadedSettings } from '../settings/load.ts';
import { addressWarning } from '../transcription/server/address.ts';
import { ownList, readWordList } from '../vocabulary/word-list.ts';

/** Problems and risks beside the errors of config.toml. They do not stop the daemon. */
export async function settingsWarnings({ file, settings }: LoadedSettings): Promise<ErrorReport[]> {
  const insecure = addressWarning(settings.transcription);
  const list = await readWordList(ownList(file)).then(() => null, reportOf);
  return [insecure, list].filter((warning) => warning !== null);
}
