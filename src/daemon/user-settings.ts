import { homedir } from 'node:os';
import { parseChord } from '../hotkey/chord.ts';
import { parseChords } from '../hotkey/select.ts';
import { resolveModel } from '../models/catalogue.ts';
import { readChosenModels } from '../models/chosen.ts';
import { pathsOf } from '../platform/paths.ts';
import { type LoadedSettings, loadSettings, type ValueCheck } from '../settings/load.ts';

/**
 * Reads config.toml with the checks that only the parts themselves can make.
 * @throws ConfigError (config-invalid, not-built), VoiceError config-unreadable
 */
export function loadUserSettings(env: NodeJS.ProcessEnv): Promise<LoadedSettings> {
  const paths = pathsOf(env);
  const home = env.HOME || homedir();
  const checks: ValueCheck[] = [
    { path: ['hotkey', 'listen'], check: parseChord },
    { path: ['hotkey', 'cancel'], check: (cancel, { hotkey }) => parseChords(hotkey.listen, cancel) },
    {
      path: ['performance', 'whisper_model'],
      check: (name) => resolveModel(name, { home, folder: paths.models }),
    },
  ];
  return loadSettings(paths.config, { home, checks, models: readChosenModels(paths) });
}
