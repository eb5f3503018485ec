import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadUserSettings } from '../daemon/user-settings.ts';
import { VoiceError } from '../errors.ts';
import { pathsOf } from '../files/paths.ts';
import { catalogue, pathOfKnown, publishedModels } from '../models/catalogue.ts';
import { installedModels } from '../models/installed.ts';
import { onnxRuntimeProblem } from '../single-file/onnx-runtime.ts';
import { type JsonOption, oneLine, print, printJson, table } from './output.ts';

/** The words of `models list` for what is known of a model. */
const STATES: Readonly<Record<string, string>> = {
  embedded: 'embedded',
  unusable: 'embedded; ONNX Runtime is missing here',
  downloaded: 'downloaded',
};

/** Lists the models of the catalogue, and the user's own files in the folder of models. */
export async function modelsList(options: JsonOption): Promise<void> {
  const paths = pathsOf();
  const { settings } = await loadUserSettings(process.env);
  const inUse = settings.performance.whisper_model;
  const installed = await installedModels(paths.models);
  const embeddedState = onnxRuntimeProblem() === null ? 'embedded' : 'unusable';
  const known = catalogue.map((model) => ({
    name: model.name,
    mb: Math.round(model.bytes / 1e6),
    languages: model.languages,
    state: model.kind === 'ear' ? embeddedState : installed.has(model.file) ? 'downloaded' : 'available',
    in_use: model.name === inUse,
  }));
  const files = new Set(publishedModels().map(({ file }) => file));
  const own = [...installed].filter(([file]) => !files.has(file));
  const others = own.map(([file, bytes]) => ({
    name: file,
    mb: Math.round(bytes / 1e6),
    languages: 'unknown',
    state: 'downloaded',
    in_use: file === inUse,
  }));
  const all = [...known, ...others];
  if (options.json) return printJson(all);
  const languages: Record<string, string> = { en: 'English', all: '99 languages', unknown: '' };
  print(
    table(
      all.map(({ name, mb, languages: spoken, state, in_use }) => [
        `${in_use ? '*' : ' '} ${oneLine(name)}`,
        `${mb} MB`.padStart(7),
        languages[spoken] ?? '',
        STATES[state] ?? '',
      ]),
    ),
  );
  if (!all.some(({ in_use }) => in_use)) print(`* ${oneLine(inUse)} (a path)`);
}

/** Deletes a downloaded model. */
export async function modelsRemove(name: string, options: JsonOption): Promise<void> {
  const paths = pathsOf();
  const known = catalogue.find((model) => model.name === name);
  if (known?.kind === 'ear')
    throw new VoiceError('usage', `${name} is included in the program.`, 'It cannot be removed.');
  const file = known ? known.file : name;
  if (!(await installedModels(paths.models)).has(file)) {
    const hint = 'Run `codex-voice models` to see which are downloaded.';
    throw new VoiceError('model-missing', `The model ${oneLine(name)} is not downloaded.`, hint);
  }
  const { settings } = await loadUserSettings(process.env);
  if (settings.performance.whisper_model === name) {
    const hint = 'Use another model first, for example: codex-voice models use tiny.en';
    throw new VoiceError('usage', `The model ${name} is in use.`, hint);
  }
  const path = known ? pathOfKnown(known, paths.models) : join(paths.models, file);
  for (const each of [path, `${path}.partial`, `${path}.lock`]) await rm(each, { force: true });
  if (options.json) printJson({ removed: path });
  else print(`Removed: ${path}`);
}
