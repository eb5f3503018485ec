import { loadUserSettings } from '../daemon/user-settings.ts';
import { pathsOf } from '../platform/paths.ts';
import { formatSettings } from '../settings/print.ts';
import { ConfigError } from '../settings/problems.ts';
import { EXIT, type JsonOption, print, printJson } from './output.ts';

export async function configPath(): Promise<void> {
  print(pathsOf().config);
}

/** The problems of the file, each with its line; exit status 1 when there are any. */
export async function configCheck(options: JsonOption): Promise<void> {
  try {
    const { file, exists } = await loadUserSettings(process.env);
    if (options.json) printJson({ file, exists, problems: [] });
    else print(exists ? `${file}: no errors` : `${file} does not exist: every value is the default`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (!options.json) throw error;
    printJson({ file: pathsOf().config, exists: true, problems: error.problems });
    process.exitCode = EXIT.failed;
  }
}

/** The effective values. */
export async function configPrint(options: JsonOption): Promise<void> {
  const loaded = await loadUserSettings(process.env);
  if (options.json) printJson(loaded.settings);
  else print(formatSettings(loaded).trimEnd());
}
