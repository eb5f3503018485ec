import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { VoiceError } from '../../errors.ts';
import { Backoff } from '../../processes/backoff.ts';
import { abortError, EngineDied, type EngineProcess } from './engine-process.ts';

/** How often the same work is given to a new engine. */
const TRIES = 3;
/** Deaths in a row after which an engine that nothing needs is not started again until something does. */
const EAGER_RESTARTS = 5;

interface SupervisorOptions {
  /** Starts a process. @throws VoiceError when it can never run */
  spawn: () => EngineProcess;
  logger: Logger;
  /** Called with the process id each time an engine is ready. */
  onReady?: ((pid: number) => void) | undefined;
}

/** Whether the engine can be used. */
type EnginePhase = 'starting' | 'ready' | 'restarting' | 'failed' | 'closed';

/** Keeps one engine process alive: it starts another when one dies, with growing pauses. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #backoff = new Backoff();
  readonly #closing = new AbortController();
  /** The engine that runs or is being started; rejects when it cannot be. Null: to be started when it is needed. */
  #engine: Promise<EngineProcess> | null = null;
  /** The latest process. */
  #process: EngineProcess | null = null;
  #lastDeath: EngineDied | null = null;
  #phase: EnginePhase = 'starting';

  constructor(options: SupervisorOptions) {
    this.#options = options;
    void this.#launch(0);
  }

  get phase(): EnginePhase {
    return this.#phase;
  }

  /** Process id of the engine; null while none is ready. */
  get pid(): number | null {
    return this.running?.pid ?? null;
  }

  /** The engine that is ready; null: there is none now. */
  get running(): EngineProcess | null {
    return this.#phase === 'ready' ? this.#process : null;
  }

  /** Aborts when this is closed. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Uses the engine when it is ready, again with a fresh one when it dies meanwhile.
   * @throws VoiceError engine-failed when it keeps dying, or what makes it unusable; AbortError when closed
   */
  async use<T>(work: (engine: EngineProcess) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      this.#closing.signal.throwIfAborted();
      try {
        return await work(await (this.#engine ?? this.#launch(0)));
      } catch (error) {
        this.#closing.signal.throwIfAborted();
        if (!(error instanceof EngineDied)) throw error;
        this.#onDeath(error);
        if (attempt === TRIES) throw gaveUp(error);
      }
    }
  }

  /** Forgets earlier deaths: the engine has done its work. */
  worked(): void {
    this.#backoff.reset();
  }

  /** Ends the engine. May be called twice. */
  async close(): Promise<void> {
    this.#phase = 'closed';
    this.#closing.abort(abortError('The transcriber was closed'));
    await this.#process?.stop();
  }

  #launch(pause: number): Promise<EngineProcess> {
    this.#phase = this.#process === null ? 'starting' : 'restarting';
    const engine = this.#start(pause);
    engine.catch(() => undefined); // Perhaps nothing needs it now; what does awaits it.
    this.#engine = engine;
    return engine;
  }

  async #start(pause: number): Promise<EngineProcess> {
    const { signal } = this.#closing;
    try {
      if (pause > 0) await delay(pause, undefined, { signal });
      signal.throwIfAborted();
      const engine = this.#options.spawn();
      this.#process = engine;
      void engine.died.then((death) => this.#onDeath(death));
      await engine.ready;
      signal.throwIfAborted();
      this.#phase = 'ready';
      this.#options.logger.info({ pid: engine.pid }, 'the speech engine is ready');
      if (engine.pid !== null) this.#options.onReady?.(engine.pid);
      return engine;
    } catch (error) {
      if (error instanceof VoiceError) this.#onUnusable(error);
      throw error;
    }
  }

  /** A model that is missing or damaged stays so: #engine keeps rejecting with that. */
  #onUnusable(error: VoiceError): void {
    this.#phase = 'failed';
    this.#options.logger.error({ code: error.code }, error.message);
  }

  /** Starts the next engine, however many hear of the same death. */
  #onDeath(death: EngineDied): void {
    if (this.#lastDeath === death || this.#phase === 'failed' || this.#phase === 'closed') return;
    this.#lastDeath = death;
    const pause = this.#backoff.next();
    this.#options.logger.warn({ lastWords: death.lastWords, pause }, death.message);
    if (this.#backoff.failures > EAGER_RESTARTS) {
      this.#phase = 'failed';
      this.#engine = null;
      return;
    }
    void this.#launch(pause);
  }
}

function gaveUp(death: EngineDied): VoiceError {
  const lastWords = death.lastWords.at(-1);
  return new VoiceError(
    'engine-failed',
    `The speech engine died ${TRIES} times in a row: ${death.message}.`,
    `${lastWords === undefined ? 'It left no message' : `Its last words: "${lastWords}"`}; run \`codex-voice doctor\`, the log has the details.`,
    { cause: death },
  );
}
