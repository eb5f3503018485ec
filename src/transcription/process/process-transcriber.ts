import type { TranscribeOptions, Transcriber, TranscriberState, Transcript } from '../transcriber.ts';
import { abortError, type EngineProcess } from './engine-process.ts';
import type { Supervisor } from './supervisor.ts';

interface ProcessTranscriberOptions {
  supervisor: Supervisor;
  /** Name of the model in `status`. */
  model: string;
  /** Ends the use of the supervisor. */
  release: () => Promise<void>;
}

/** Transcribes with the engine of a supervisor, one piece of audio at a time. */
export class ProcessTranscriber implements Transcriber {
  readonly #options: ProcessTranscriberOptions;
  readonly #supervisor: Supervisor;
  readonly #closing = new AbortController();
  /** Settles when the last transcription that was asked for has ended. */
  #tail: Promise<unknown> = Promise.resolve();
  /** Transcriptions that were asked for and have not ended. */
  #calls = 0;
  /** Ends the one that gives way. */
  #yielding: AbortController | null = null;
  /** The engine works on something. */
  #busy = false;

  constructor(options: ProcessTranscriberOptions) {
    this.#options = options;
    this.#supervisor = options.supervisor;
  }

  get state(): TranscriberState {
    const { phase, pid } = this.#supervisor;
    const { model } = this.#options;
    if (this.#closing.signal.aborted) return { engine: 'whisper', model, state: 'closed', pid: null };
    return { engine: 'whisper', model, state: phase === 'ready' && this.#busy ? 'busy' : phase, pid };
  }

  async ready(): Promise<void> {
    this.#closing.signal.throwIfAborted();
    await this.#supervisor.use(async () => undefined);
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

  async close(): Promise<void> {
    this.#closing.abort(abortError('The transcriber was closed'));
    await this.#options.release();
    await this.#tail;
  }

  #queue(audio: Float32Array, options: TranscribeOptions): Promise<Transcript> {
    const signal = options.signal
      ? AbortSignal.any([options.signal, this.#closing.signal])
      : this.#closing.signal;
    this.#calls += 1;
    const result = this.#tail.then(() => {
      signal.throwIfAborted();
      return this.#supervisor.use((engine) => this.#run(engine, audio, { ...options, signal }));
    });
    // Its caller hears of what goes wrong; the next one only waits.
    this.#tail = result.catch(() => undefined).finally(() => (this.#calls -= 1));
    return untilAborted(result, signal);
  }

  async #run(engine: EngineProcess, audio: Float32Array, options: TranscribeOptions): Promise<Transcript> {
    this.#busy = true;
    try {
      const transcript = await engine.transcribe(audio, options);
      this.#supervisor.worked();
      return transcript;
    } finally {
      this.#busy = false;
    }
  }
}

/** Resolves as the promise does, but rejects as soon as the signal aborts. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
