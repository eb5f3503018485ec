import type { Logger } from 'pino';
import { pathsOf } from '../files/paths.ts';
import { homeOf } from '../files/user-paths.ts';
import { SAMPLE_RATE } from '../microphone/microphone.ts';
import { bundledRecording } from '../microphone/sample-recording.ts';
import { presentModels, resolveModel } from '../models/catalogue.ts';
import { chooseModels, readChosenModels } from '../models/chosen.ts';
import { installedModels } from '../models/installed.ts';
import { hiddenMs, type MeasuredModel, recommend } from '../models/recommend.ts';
import type { LoadedSettings } from '../settings/load.ts';
import { onnxRuntimeProblem } from '../single-file/onnx-runtime.ts';
import { measureModel } from './measure.ts';

/** Duration of the recording that is transcribed, s: about as long as a command. */
export const MEASURED_SECONDS = 5;
/** Number of measurements; the median counts. */
const TIMES = 3;

interface MeasuringOptions {
  /** Models to measure. Default: the installed ones of the catalogue. */
  names?: readonly string[];
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  logger: Logger;
  onModel?: (name: string) => void;
}

/** Measures models on this machine. @throws VoiceError model-missing, model-corrupt, engine-failed; AbortError */
export async function measureModels(options: MeasuringOptions): Promise<MeasuredModel[]> {
  const { env, signal, logger, onModel } = options;
  const folder = pathsOf(env).models;
  const names = options.names ?? (await namesPresent(folder));
  const recording = await bundledRecording(env);
  const speech = recording.subarray(0, MEASURED_SECONDS * SAMPLE_RATE);
  const measured: MeasuredModel[] = [];
  for (const name of names) {
    onModel?.(name);
    const model = resolveModel(name, { home: homeOf(env), folder });
    measured.push(await measureModel(model, { speech, times: TIMES, signal, logger }));
  }
  return measured;
}

/** Returns the model for `whisper_model = "auto"` on this machine. @param language of the settings */
async function pickModel(
  { endpointMs, language }: { endpointMs: number; language: string },
  options: MeasuringOptions,
): Promise<string | null> {
  const present = await namesPresent(pathsOf(options.env).models);
  const fit = present.filter((name) => language === 'en' || !/\.en\b/.test(name));
  if (fit.length < 2) return fit[0] ?? null;
  return recommend(await measureModels({ ...options, names: fit }), hiddenMs(endpointMs))?.name ?? null;
}

/**
 * Picks the model for `whisper_model = "auto"` at the first start; until then, the embedded model is used.
 * @returns true when one was picked and the settings must be read again
 */
export async function pickModelOnce(
  { autoModel, settings: { speech, transcription } }: LoadedSettings,
  options: MeasuringOptions,
): Promise<boolean> {
  const paths = pathsOf(options.env);
  if (!autoModel || readChosenModels(paths).picked !== null) return false;
  const wanted = { endpointMs: speech.endpoint_ms, language: transcription.language };
  const picked = await pickModel(wanted, options);
  options.logger.info({ model: picked }, 'a model was picked for this machine');
  chooseModels(paths, { picked });
  return true;
}

async function namesPresent(folder: string): Promise<string[]> {
  const onnxRuntime = onnxRuntimeProblem() === null;
  return presentModels(await installedModels(folder), onnxRuntime).map(({ name }) => name);
}
