import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadUserSettings } from '../daemon/user-settings.ts';
import { VoiceError } from '../errors.ts';
import { pathsOf } from '../files/paths.ts';
import { homeOf } from '../files/user-paths.ts';
import { type Model, resolveModel } from '../models/catalogue.ts';
import { chooseModels, readChosenModels } from '../models/chosen.ts';
import { type JsonOption, oneLine, print, printJson } from './output.ts';
import { reloadDaemon } from './reload-daemon.ts';

/** Lets speech be recognised by another model from now on, without a restart. */
export async function modelsUse(given: string, options: JsonOption): Promise<void> {
  const paths = pathsOf();
  const name = /^\.{0,2}\//.test(given) ? resolve(given) : given;
  await requireFreeChoice();
  const model = resolveModel(name, { home: homeOf(process.env), folder: paths.models });
  await requirePresent(model);
  const before = readChosenModels(paths).used;
  chooseModels(paths, { used: name });
  try {
    await reloadDaemon();
  } catch (error) {
    // A model that cannot be loaded is not used, and must not be tried at the next start.
    chooseModels(paths, { used: before });
    throw error;
  }
  if (options.json) printJson({ model: name });
  else print(`Now using ${name}.`);
}

/** The settings file comes first, and only the user changes it. */
async function requireFreeChoice(): Promise<void> {
  const { file, modelNamed } = await loadUserSettings(process.env);
  if (!modelNamed) return;
  throw new VoiceError(
    'usage',
    `The settings already choose a model: whisper_model in ${file}.`,
    'Change it there, or remove the line and run this again.',
  );
}

async function requirePresent(model: Model): Promise<void> {
  if (model.kind === 'ear') return;
  const { name, path } = model;
  const found = await stat(path).catch(() => null);
  if (found?.isFile()) return;
  throw new VoiceError(
    'model-missing',
    `The Whisper model ${oneLine(name)} is not downloaded.`,
    `To download it: codex-voice models get ${oneLine(name)}`,
  );
}
