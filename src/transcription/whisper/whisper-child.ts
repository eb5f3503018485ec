import { flushCompileCache } from 'node:module';
import { parseArgs } from 'node:util';
import {
  Aborted,
  ModelLoadError,
  type Session,
  setLogHandler,
  TranscribeModel,
  type TranscribeOptions,
} from 'transcribe-cpp';
import { reportOf, VoiceError } from '../../errors.ts';
import { corrupt, verifyModel } from '../../models/verify.ts';
import { dieWithParent, send } from '../process/child-link.ts';
import type { EngineAnswer, EngineOptions, ToEngine, TranscribeRequest } from '../process/messages.ts';

/** Whisper hears 30 s at once. */
const WINDOW_SAMPLES = 30 * 16_000;

/** Length of the silence that warms the engine up: its first run allocates and takes half as long again. */
const WARM_UP_SAMPLES = 16_000;

/**
 * The Whisper engine in a separate process (transcribe-cpp 0.2.3, native): loads the model, says `ready`, then
 * answers one request after another until its parent goes away. The engine's own messages go to stderr.
 * @param argv what engineArguments() made
 */
export async function runWhisperChild(argv: string[]): Promise<void> {
  dieWithParent();
  setLogHandler((_level, message) => process.stderr.write(message.endsWith('\n') ? message : `${message}\n`));
  try {
    const options = readArguments(argv);
    const started = performance.now();
    const session = await loadSession(options);
    const quiet = new Float32Array(WARM_UP_SAMPLES);
    await session.run(quiet, runOptions(quiet, options.language));
    serve(session, options.language);
    send({ type: 'ready', ms: Math.round(performance.now() - started) });
    // Node would write it at the end, but this process is killed.
    flushCompileCache();
  } catch (error) {
    process.exitCode = 1;
    send({ type: 'unusable', error: reportOf(error) }, () => process.disconnect());
  }
}

function readArguments(argv: string[]): EngineOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: argv,
    options: { model: text, sha256: text, language: text, threads: text },
  });
  const threads = Number(values.threads);
  if (values.model === undefined || values.language === undefined || !(threads >= 1)) {
    throw new VoiceError(
      'usage',
      'The Whisper engine was started without a model, a language or a number of threads.',
      'codex-voice starts it. Do not run it by hand.',
    );
  }
  return { modelPath: values.model, sha256: values.sha256 ?? null, language: values.language, threads };
}

async function loadSession({ modelPath, sha256, language, threads }: EngineOptions): Promise<Session> {
  await verifyModel(modelPath, sha256);
  const model = await TranscribeModel.load(modelPath).catch((error: unknown) => {
    if (error instanceof ModelLoadError)
      throw corrupt(modelPath, 'it is not a Whisper model, or not all of it');
    throw error;
  });
  const { languages } = model.capabilities;
  if (language !== 'auto' && !languages.includes(language)) {
    throw new VoiceError(
      'config-invalid',
      `The Whisper model ${modelPath} does not support the language "${language}". It supports: ${languages.join(', ')}.`,
      'Set language or whisper_model in config.toml.',
    );
  }
  return model.createSession({ nThreads: threads });
}

function serve(session: Session, language: string): void {
  const running = new Map<number, AbortController>();
  process.on('message', (message: ToEngine) => {
    if (message.type === 'abort') {
      running.get(message.id)?.abort();
      return;
    }
    // transcribe-cpp knows nothing of turns: it is never asked.
    if (message.type !== 'transcribe') return;
    const abort = new AbortController();
    running.set(message.id, abort);
    void transcribe(session, message, language, abort.signal).then((answer) => {
      running.delete(message.id);
      send(answer);
    });
  });
}

async function transcribe(
  session: Session,
  { id, audio, prompt }: TranscribeRequest & { id: number },
  language: string,
  signal: AbortSignal,
): Promise<EngineAnswer> {
  const started = performance.now();
  try {
    const { text } = await session.run(audio, { ...runOptions(audio, language, prompt), signal });
    return { type: 'transcribed', id, transcript: { text, ms: performance.now() - started } };
  } catch (error) {
    if (error instanceof Aborted) return { type: 'aborted', id };
    return { type: 'refused', id, error: reportOf(refused(error)) };
  }
}

/**
 * Beyond one window the engine needs timestamps, which say where the next window begins: without them it cuts
 * words at the windows' borders and lost up to half of 112 s of speech (transcribe-cpp 0.2.3). Within one window
 * they only cost time.
 */
function runOptions(audio: Float32Array, language: string, prompt?: string): TranscribeOptions {
  return {
    timestamps: audio.length > WINDOW_SAMPLES ? 'segment' : 'none',
    // Without one a multilingual model finds out, and an English one has no choice.
    ...(language === 'auto' ? {} : { language }),
    ...(prompt === undefined ? {} : { family: { kind: 'whisper', initialPrompt: prompt } }),
  };
}

function refused(cause: unknown): VoiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new VoiceError(
    'engine-failed',
    `The Whisper engine cannot transcribe this recording: ${reason}.`,
    'Say it again. If this happens every time, run `codex-voice doctor`.',
    { cause },
  );
}
