import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import { Backoff } from '../platform/backoff.ts';
import { childCommand } from '../platform/child.ts';
import { abortError, EngineDied, EngineProcess } from './engine-process.ts';
import { engineArguments } from './messages.ts';
import type { TranscribeOptions, Transcriber, TranscriberState, Transcript } from './transcriber.ts';

/** How often the same audio is given to a fresh engine before it is given up. */
const TRIES = 3;
/** Deaths in a row after which an engine that nobody needs is not started again until somebody does. */
const EAGER_RESTARTS = 5;
/** More threads than this do not make tiny.en quicker. */
const MOST_THREADS = 4;

export interface WhisperOptions {
  modelPath: string;
  /** SHA-256 of the model, checked at every load; null when nobody knows it. */
  sha256: string | null;
  /** ISO 639-1, e.g. `en`; the model must know it. */
  language: string;
  /** Default: a thread a core, at most four. */
  threads?: number;
  logger: Logger;
  /** The command of the engine's process; default: this program's own child. */
  child?: { command: string; args: string[] };
  /** Called with the process id each time an engine has loaded its model. */
  onReady?: (pid: number) => void;
}

/** Starts a Whisper engine that keeps its model loaded; it is usable at once, and quick when ready() resolves. */
export function createWhisper(options: WhisperOptions): Transcriber {
  return new Whisper(options);
}

/** Keeps one engine process alive and gives it one piece of audio at a time. */
class Whisper implements Transcriber {
  readonly #options: WhisperOptions;
  readonly #logger: Logger;
  readonly #backoff = new Backoff();
  readonly #closing = new AbortController();
  /** The engine that runs or is being started; rejects when it cannot be. Null: to be started when it is needed. */
  #engine: Promise<EngineProcess> | null = null;
  /** The latest process. */
  #process: EngineProcess | null = null;
  #lastDeath: EngineDied | null = null;
  /** Settles when the last transcription that was asked for has ended. */
  #tail: Promise<unknown> = Promise.resolve();
  /** Transcriptions that were asked for and have not ended. */
  #calls = 0;
  /** Ends the one that gives way. */
  #yielding: AbortController | null = null;
  #phase: TranscriberState['state'] = 'starting';

  constructor(options: WhisperOptions) {
    this.#options = options;
    this.#logger = options.logger;
    void this.#launch(0);
  }

  get state(): TranscriberState {
    const running = this.#phase === 'ready' || this.#phase === 'busy';
    return {
      engine: 'whisper',
      model: basename(this.#options.modelPath),
      state: this.#phase,
      pid: running ? (this.#process?.pid ?? null) : null,
    };
  }

  ready(): Promise<void> {
    return this.#withEngine(async () => undefined);
  }

  async transcribe(audio: Float32Array, options: TranscribeOptions = {}): Promise<Transcript> {
    if (!options.yields) {
      this.#yielding?.abort(abortError('The transcription gave way'));
      return this.#queue(audio, options);
    }
    if (this.#calls > 0) throw abortError('The engine is busy');
    const yielding = new AbortController();
    this.#yielding = yielding;
    const signal = AbortSignal.any([yielding.signal, ...(options.signal ? [options.signal] : [])]);
    return this.#queue(audio, { ...options, signal });
  }

  #queue(audio: Float32Array, options: TranscribeOptions): Promise<Transcript> {
    const { signal } = options;
    this.#calls += 1;
    const result = this.#tail.then(() => {
      signal?.throwIfAborted();
      return this.#withEngine((engine) => this.#run(engine, audio, options));
    });
    // Its caller hears of what goes wrong; the next one only waits.
    this.#tail = result.catch(() => undefined).finally(() => (this.#calls -= 1));
    return signal ? untilAborted(result, signal) : result;
  }

  async close(): Promise<void> {
    this.#phase = 'closed';
    this.#closing.abort(abortError('The transcriber was closed'));
    await this.#process?.stop();
    await this.#tail;
  }

  async #run(engine: EngineProcess, audio: Float32Array, options: TranscribeOptions): Promise<Transcript> {
    this.#phase = 'busy';
    try {
      const transcript = await engine.run(audio, options);
      this.#backoff.reset();
      return transcript;
    } finally {
      if (this.#phase === 'busy') this.#phase = 'ready';
    }
  }

  /** Uses the engine, again with a fresh one when it dies meanwhile. @throws VoiceError, AbortError */
  async #withEngine<T>(use: (engine: EngineProcess) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      this.#closing.signal.throwIfAborted();
      try {
        return await use(await (this.#engine ?? this.#launch(0)));
      } catch (error) {
        this.#closing.signal.throwIfAborted();
        if (!(error instanceof EngineDied)) throw error;
        this.#onDeath(error);
        if (attempt === TRIES) throw gaveUp(error);
      }
    }
  }

  /** Starts an engine; whoever needs it awaits the promise, and a rejection that nobody awaits does no harm. */
  #launch(pause: number): Promise<EngineProcess> {
    this.#phase = this.#process === null ? 'starting' : 'restarting';
    const engine = this.#start(pause);
    engine.catch(() => undefined); // Nobody may need it now; whoever does awaits it.
    this.#engine = engine;
    return engine;
  }

  async #start(pause: number): Promise<EngineProcess> {
    const { signal } = this.#closing;
    try {
      if (pause > 0) await delay(pause, undefined, { signal });
      signal.throwIfAborted();
      const engine = this.#spawn();
      this.#process = engine;
      void engine.died.then((death) => this.#onDeath(death));
      await engine.ready;
      signal.throwIfAborted();
      this.#phase = 'ready';
      this.#logger.info({ pid: engine.pid }, 'the Whisper engine is ready');
      if (engine.pid !== null) this.#options.onReady?.(engine.pid);
      return engine;
    } catch (error) {
      if (error instanceof VoiceError) this.#onUnusable(error);
      throw error;
    }
  }

  #spawn(): EngineProcess {
    const { child = childCommand('whisper'), threads, logger, onReady: _, ...model } = this.#options;
    const args = engineArguments({
      ...model,
      threads: threads ?? Math.min(MOST_THREADS, availableParallelism()),
    });
    return new EngineProcess(child.command, [...child.args, ...args], logger);
  }

  /** A model that is missing or damaged stays so: #engine keeps rejecting with that. */
  #onUnusable(error: VoiceError): void {
    this.#phase = 'failed';
    this.#logger.error({ code: error.code }, error.message);
  }

  /** Starts the next engine, however many hear of the same death. */
  #onDeath(death: EngineDied): void {
    if (this.#lastDeath === death || this.#phase === 'failed' || this.#phase === 'closed') return;
    this.#lastDeath = death;
    const pause = this.#backoff.next();
    this.#logger.warn({ lastWords: death.lastWords, pause }, death.message);
    if (this.#backoff.failures > EAGER_RESTARTS) {
      this.#phase = 'failed';
      this.#engine = null;
      return;
    }
    void this.#launch(pause);
  }
}

/** Rejects when the signal aborts, whatever becomes of the promise. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const settled = (): void => signal.removeEventListener('abort', onAbort);
    promise.then(resolve, reject).then(settled, reject);
  });
}

function gaveUp(death: EngineDied): VoiceError {
  const lastWords = death.lastWords.at(-1);
  return new VoiceError(
    'engine-failed',
    `The Whisper engine died ${TRIES} times in a row: ${death.message}.`,
    `${lastWords === undefined ? 'It left no message' : `Its last words: "${lastWords}"`}; run \`codex-voice doctor\`, the log has the details.`,
    { cause: death },
  );
}
