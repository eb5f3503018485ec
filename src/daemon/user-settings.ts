import { VoiceError } from '../errors.ts';
import { pathsOf } from '../files/paths.ts';
import { homeOf } from '../files/user-paths.ts';
import { parseChord } from '../hotkey/chord.ts';
import { parseChords } from '../hotkey/select.ts';
import { resolveModel } from '../models/catalogue.ts';
import { readChosenModels } from '../models/chosen.ts';
import { type LoadedSettings, loadSettings, type ValueCheck } from '../settings/load.ts';
import type { Settings } from '../settings/schema.ts';

/** Whisper's English-only models have `.en` in their name. @throws VoiceError config-invalid */
function requireKnownLanguage(language: string, { performance, transcription }: Settings): void {
  const english = /\.en\b/.test(performance.whisper_model);
  if (transcription.engine !== 'whisper' || !english || language === 'en' || language === 'auto') return;
  throw new VoiceError(
    'config-invalid',
    `the model ${performance.whisper_model} supports only English`,
    'a model without .en in its name: `codex-voice models`',
  );
}

/**
 * Reads config.toml, with checks that only the parts themselves can make.
 * @throws ConfigError, VoiceError config-unreadable
 */
export function loadUserSettings(env: NodeJS.ProcessEnv): Promise<LoadedSettings> {
  const paths = pathsOf(env);
  const home = homeOf(env);
  const checks: ValueCheck[] = [
    { path: ['hotkey', 'listen'], check: parseChord },
    { path: ['hotkey', 'cancel'], check: (cancel, { hotkey }) => parseChords(hotkey.listen, cancel) },
    {
      path: ['performance', 'whisper_model'],
      check: (name) => resolveModel(name, { home, folder: paths.models }),
    },
    { path: ['transcription', 'language'], check: requireKnownLanguage },
  ];
  return loadSettings(paths.config, { home, checks, models: readChosenModels(paths) });
}
