import { rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { MEASURED_SECONDS, measureModels } from '../daemon/pick-model.ts';
import { loadUserSettings } from '../daemon/user-settings.ts';
import { useSystemNetwork } from '../download/network.ts';
import { VoiceError } from '../errors.ts';
import { pathsOf } from '../files/paths.ts';
import {
  type CatalogueModel,
  catalogue,
  type Model,
  pathOfKnown,
  publishedModels,
  resolveModel,
} from '../models/catalogue.ts';
import { chooseModels, readChosenModels } from '../models/chosen.ts';
import { getModel, type ModelSource, sourceAt, sourceOf } from '../models/get.ts';
import { installedModels } from '../models/installed.ts';
import { estimate, hiddenMs, recommend } from '../models/recommend.ts';
import { onnxRuntimeProblem } from '../single-file/onnx-runtime.ts';
import { withDaemon } from './connect.ts';
import { formatMs, type JsonOption, oneLine, print, printJson, table } from './output.ts';
import { ProgressBar } from './progress-bar.ts';

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

interface GetVerbOptions extends JsonOption {
  sha256?: string;
}

/** Downloads a model of the catalogue, or of any address. */
export async function modelsGet(name: string, options: GetVerbOptions): Promise<void> {
  const { settings } = await loadUserSettings(process.env);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => stop.abort(interrupted()));
  useSystemNetwork(process.env);
  const source = await sourceFor(name, options.sha256, settings.models.mirror, stop.signal);
  const bar = new ProgressBar(!options.json);
  try {
    const { path, already } = await getModel(source, {
      folder: pathsOf().models,
      signal: stop.signal,
      logger: pino({ level: 'silent' }),
      onProgress: (bytes) => bar.show(bytes, source.size),
    });
    bar.end();
    if (options.json) printJson({ path, sha256: source.sha256, already });
    else
      print(
        `${already ? 'Already downloaded' : 'Downloaded'}: ${path}\nTo use it: codex-voice models use ${nameOf(source)}`,
      );
  } finally {
    bar.end();
  }
}

function nameOf({ file }: ModelSource): string {
  return publishedModels().find((model) => model.file === file)?.name ?? file;
}

async function sourceFor(
  name: string,
  sha256: string | undefined,
  mirror: string,
  signal: AbortSignal,
): Promise<ModelSource> {
  if (name.includes('://')) {
    if (sha256 && /^[0-9a-f]{64}$/i.test(sha256)) return sourceAt(name, sha256, signal);
    const hint = 'Add --sha256 with the 64 hexadecimal digits that the publisher states.';
    throw new VoiceError('usage', 'A model from another URL needs its SHA-256.', hint);
  }
  const model = knownModel(name);
  if (model.kind === 'ggml') return sourceOf(model, mirror);
  throw new VoiceError(
    'usage',
    `${name} is included in the program.`,
    `To use it: codex-voice models use ${name}`,
  );
}

function knownModel(name: string): CatalogueModel {
  const model = catalogue.find((each) => each.name === name);
  if (model) return model;
  throw new VoiceError(
    'model-missing',
    `There is no Whisper model called "${oneLine(name)}".`,
    'Run `codex-voice models` to list them. For any other model, give its URL and --sha256.',
  );
}

/** Lets speech be recognised by another model from now on, without a restart. */
export async function modelsUse(given: string, options: JsonOption): Promise<void> {
  const paths = pathsOf();
  const name = /^\.{0,2}\//.test(given) ? resolve(given) : given;
  await requireFreeChoice();
  const model = resolveModel(name, { home: process.env.HOME || homedir(), folder: paths.models });
  await requirePresent(model);
  const before = readChosenModels(paths).used;
  chooseModels(paths, { used: name });
  try {
    await tellDaemon();
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

/** A daemon that does not run takes it over when it starts. */
async function tellDaemon(): Promise<void> {
  try {
    await withDaemon((daemon) => daemon.request('reload', {}, { timeoutMs: 120_000 }));
  } catch (error) {
    if (!(error instanceof VoiceError && error.code === 'daemon-missing')) throw error;
  }
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

/** Measures what this machine can do, and recommends a model. */
export async function modelsBench(names: string[], options: JsonOption): Promise<void> {
  const { env } = process;
  const { settings, autoModel } = await loadUserSettings(env);
  const watched = !options.json && process.stderr.isTTY;
  const measured = await measureModels({
    ...(names.length > 0 ? { names } : {}),
    env,
    signal: new AbortController().signal,
    logger: pino({ level: 'silent' }),
    onModel: (name) => void (watched && process.stderr.write(`\r${oneLine(name)} ...\x1b[K`)),
  });
  if (watched) process.stderr.write('\r\x1b[K');
  const hidden = hiddenMs(settings.speech.endpoint_ms);
  const best = recommend(measured, hidden);
  if (autoModel && best && names.length === 0) {
    chooseModels(pathsOf(), { picked: best.name });
    await tellDaemon();
  }
  const estimates = catalogue.flatMap((model) => {
    const ms = measured.some(({ name }) => name === model.name) ? null : estimate(model, measured);
    return ms === null ? [] : [{ name: model.name, about_ms: Math.round(ms), hides: ms <= hidden }];
  });
  if (options.json)
    return printJson({ hidden_ms: hidden, measured, estimates, recommended: best?.name ?? null });
  print(
    `${MEASURED_SECONDS} s of speech; ${formatMs(hidden)} of a decode are hidden by the silence that ends an utterance.\n`,
  );
  print(
    table([
      ['model', 'decode', 'load', 'memory', ''],
      ...measured.map((each) => [
        oneLine(each.name),
        formatMs(each.decodeMs),
        formatMs(each.loadMs),
        each.rssMb === null ? '' : `${each.rssMb} MB`,
        each.decodeMs <= hidden ? 'hidden by the silence' : `adds about ${formatMs(each.decodeMs - hidden)}`,
      ]),
      ...estimates.map(({ name, about_ms, hides }) => [
        name,
        `~${formatMs(about_ms)}`,
        '',
        '',
        hides ? 'estimated: hidden by the silence' : 'estimated',
      ]),
    ]),
  );
  if (best) print(`\nRecommended among the installed models: ${oneLine(best.name)}`);
}

function interrupted(): VoiceError {
  const hint = 'The downloaded part is kept. Run the command again to continue.';
  return new VoiceError('model-unreachable', 'The download was interrupted.', hint);
}
