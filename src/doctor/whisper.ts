import { VoiceError } from '../errors.ts';
import { homeOf } from '../files/user-paths.ts';
import { bundledRecording, SPOKEN } from '../microphone/sample-recording.ts';
import { type Model, resolveModel } from '../models/catalogue.ts';
import { createEngine } from '../transcription/create-engine.ts';
import type { Transcriber } from '../transcription/transcriber.ts';
import { type CheckContext, type Finding, ok } from './check.ts';

/** Share of the bundled recording that must be understood; tiny.en understands all of it. */
const ENOUGH = 0.8;

/** The model is the one that is meant, loads in a separate process and understands the bundled recording. */
export function checkWhisper(context: CheckContext, signal: AbortSignal): Promise<Finding> {
  return withWhisper(context, signal, (whisper, model) => {
    const { language } = context.settings.transcription;
    return understood(whisper, model, language, context, signal);
  });
}

/** The model is the one that is meant, and loads in a separate process. */
export function checkWhisperLoads(context: CheckContext, signal: AbortSignal): Promise<Finding> {
  return withWhisper(context, signal, async () => '');
}

/** @param prove gives more to say about the engine that has the model */
async function withWhisper(
  { settings, paths, env, logger }: CheckContext,
  signal: AbortSignal,
  prove: (whisper: Transcriber, model: Model) => Promise<string>,
): Promise<Finding> {
  const options = { home: homeOf(env), folder: paths.models };
  const model = resolveModel(settings.performance.whisper_model, options);
  const { language } = settings.transcription;
  const started = performance.now();
  const whisper = createEngine(model, { language, logger });
  const close = (): void => void whisper.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    await whisper.ready();
    const loaded = `${model.name}: loaded in ${Math.round(performance.now() - started)} ms`;
    const proved = await prove(whisper, model);
    return ok([`${loaded}${hashed(model)}`, proved].filter(Boolean).join(', '));
  } finally {
    signal.removeEventListener('abort', close);
    await whisper.close();
  }
}

function hashed(model: Model): string {
  return model.kind === 'ggml' && model.sha256 === null ? '' : ', SHA-256 correct';
}

/** @throws VoiceError model-corrupt */
async function understood(
  whisper: Transcriber,
  model: Model,
  language: string,
  { env }: CheckContext,
  signal: AbortSignal,
): Promise<string> {
  const { text, ms } = await whisper.transcribe(await bundledRecording(env), { signal });
  const spoken = wordsOf(SPOKEN);
  const right = wordsInCommon(spoken, wordsOf(text));
  const figure = `${right} of ${spoken.length} words of the bundled recording`;
  // The recording is English: a model that expects another language writes nonsense.
  if (language === 'en' && right < ENOUGH * spoken.length) {
    throw new VoiceError(
      'model-corrupt',
      `The Whisper model ${model.kind === 'ggml' ? model.path : model.folder} loads, but understands only ${figure}.`,
      model.kind === 'ggml'
        ? 'Replace the file with an intact copy, or set whisper_model = "tiny.en" under [performance].'
        : 'Install codex-voice again.',
    );
  }
  return `${figure} in ${Math.round(ms)} ms`;
}

/** Lower-case words without punctuation; "15th" is how Whisper writes "fifteenth". */
function wordsOf(text: string): string[] {
  const plain = text.toLowerCase().replaceAll('15th', 'fifteenth');
  return plain.match(/[\p{L}\p{N}']+/gu) ?? [];
}

/** Number of words of the first list that are in the second, each counted once. */
function wordsInCommon(expected: readonly string[], actual: readonly string[]): number {
  const left = [...actual];
  return expected.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
}
