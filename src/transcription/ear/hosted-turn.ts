import type { Logger } from 'pino';
import { errorOf, reportOf } from '../../errors.ts';
import { onnxRuntimeProblem } from '../../single-file/onnx-runtime.ts';
import type { TurnDetector, TurnDetectorState } from '../../speech/turn-detector.ts';
import { turnDetectorFailed } from '../../speech/turn-detector.ts';
import { TURN_SAMPLES } from '../../speech/weights.ts';
import type { EngineProcess } from '../process/engine-process.ts';
import type { Supervisor } from '../process/supervisor.ts';

/** Idle time after which a process for smart-turn alone ends, ms; it restarts in a fraction of a second. */
const IDLE_MS = 300_000;
/** Pause before the next try after a failure, ms. */
const RETRY_MS = 60_000;

interface HostedTurnOptions {
  /** The supervisor of a process that runs anyway; null: there is none. */
  shared: () => Supervisor | null;
  /** Starts a process for smart-turn alone. */
  spawn: () => Supervisor;
  logger: Logger;
  idleMs: number | undefined;
  retryMs: number | undefined;
}

/** smart-turn in the process of the ear, or in a separate process without an ear. */
export class HostedTurn implements TurnDetector {
  readonly #options: HostedTurnOptions;
  /** A process for smart-turn alone, while it is needed. */
  #own: Supervisor | null = null;
  /** The process that has loaded it, or does. */
  #warmed: EngineProcess | null = null;
  #loading: Promise<void> | null = null;
  #state: TurnDetectorState = { state: 'idle' };
  #failedAt = Number.NEGATIVE_INFINITY;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: HostedTurnOptions) {
    this.#options = options;
  }

  get state(): TurnDetectorState {
    // A process that died has taken it along.
    return this.#state.state === 'ready' && this.#ready === null ? { state: 'idle' } : this.#state;
  }

  /** Process id; null while it is not loaded. */
  get pid(): number | null {
    return this.#ready?.pid ?? null;
  }

  warm(): void {
    if (this.#closed) return;
    this.#stopWhenIdle();
    const failed = performance.now() - this.#failedAt < (this.#options.retryMs ?? RETRY_MS);
    if (failed || this.#loading !== null || this.#ready !== null) return;
    this.#state = { state: 'starting' };
    this.#loading = this.#load().finally(() => {
      this.#loading = null;
    });
  }

  /** Resolves when it is loaded. @throws VoiceError detector-failed */
  async ready(): Promise<void> {
    this.warm();
    await this.#loading;
    const { reason } = this.#state;
    if (this.#ready === null) throw reason ? errorOf(reason) : turnDetectorFailed('it was closed');
  }

  async finished(samples: Float32Array): Promise<number | null> {
    this.warm();
    // An engine that is not ready now would answer too late.
    const engine = this.#ready;
    if (engine === null) return null;
    try {
      return await engine.finished(samples.slice(-TURN_SAMPLES));
    } catch (error) {
      // A process that died is tried again after a while, not at each pause.
      if (this.#ready !== engine && !this.#closed)
        this.#fail(turnDetectorFailed(reportOf(error).message, error));
      else this.#options.logger.warn({ err: error }, 'smart-turn gave no answer');
      return null;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await this.#end();
    await this.#loading;
  }

  /** The process that can be asked; null: there is none now. */
  get #ready(): EngineProcess | null {
    const running = this.#supervisor?.running ?? null;
    return running === this.#warmed ? running : null;
  }

  get #supervisor(): Supervisor | null {
    return this.#options.shared() ?? this.#own;
  }

  async #load(): Promise<void> {
    const started = performance.now();
    try {
      const problem = onnxRuntimeProblem();
      if (problem !== null) throw turnDetectorFailed(problem.reason);
      const shared = this.#options.shared();
      if (shared !== null) await this.#end();
      else this.#own ??= this.#options.spawn();
      await (shared ?? this.#own)?.use(async (engine) => {
        await engine.warm();
        this.#warmed = engine;
      });
      this.#state = { state: 'ready' };
      this.#options.logger.debug({ ms: Math.round(performance.now() - started) }, 'smart-turn is ready');
    } catch (error) {
      if (this.#closed) return;
      await this.#end();
      const failure = errorOf(reportOf(error));
      this.#fail(failure.code === 'detector-failed' ? failure : turnDetectorFailed(failure.message, error));
    }
  }

  #fail(error: Error): void {
    this.#failedAt = performance.now();
    this.#state = { state: 'failed', reason: reportOf(error) };
    this.#options.logger.warn({ reason: error.message }, 'no turn detector');
  }

  #stopWhenIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      // Loading it can take longer than the idle time, and a process that ends meanwhile looks like a failure.
      if (this.#loading !== null) this.#stopWhenIdle();
      else void this.#end();
    }, this.#options.idleMs ?? IDLE_MS);
    this.#idle.unref();
  }

  /** Ends the process for smart-turn alone. Never rejects: timers call it. */
  async #end(): Promise<void> {
    const own = this.#own;
    this.#own = null;
    try {
      await own?.close();
    } catch (error) {
      this.#options.logger.error({ err: error }, 'the process of smart-turn did not close');
    }
  }
}
