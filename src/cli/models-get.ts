import { pino } from 'pino';
import { loadUserSettings } from '../daemon/user-settings.ts';
import { useSystemNetwork } from '../download/network.ts';
import { VoiceError } from '../errors.ts';
import { pathsOf } from '../files/paths.ts';
import { type CatalogueModel, catalogue, publishedModels } from '../models/catalogue.ts';
import { getModel, type ModelSource, sourceAt, sourceOf } from '../models/get.ts';
import { ENDING_SIGNALS } from './ending-signals.ts';
import { type JsonOption, oneLine, print, printJson } from './output.ts';
import { ProgressBar } from './progress-bar.ts';

interface GetVerbOptions extends JsonOption {
  sha256?: string;
}

/** Downloads a model of the catalogue, or of any address. */
export async function modelsGet(name: string, options: GetVerbOptions): Promise<void> {
  const { settings } = await loadUserSettings(process.env);
  const stop = new AbortController();
  for (const signal of ENDING_SIGNALS) process.once(signal, () => stop.abort(interrupted()));
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

function interrupted(): VoiceError {
  const hint = 'The downloaded part is kept. Run the command again to continue.';
  return new VoiceError('model-unreachable', 'The download was interrupted.', hint);
}
