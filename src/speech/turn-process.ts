import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Logger } from 'pino';
import { type ErrorReport, errorOf, reportOf, type VoiceError } from '../errors.ts';
import { childCommand } from '../platform/child.ts';
import { onnxRuntimeProblem } from '../platform/onnx-runtime.ts';
import type { TurnDetector, TurnDetectorState } from './turn-detector.ts';
import { turnDetectorFailed } from './turn-detector.ts';
import { TURN_SAMPLES } from './weights.ts';

/** Sound about which the process is asked. */
export interface ToTurnChild {
  id: number;
  samples: Float32Array;
}

/** What the process says. */
export type FromTurnChild =
  | { type: 'ready' }
  | { type: 'answer'; id: number; finished: number }
  | { type: 'unusable'; error: ErrorReport };

/** When nobody has spoken for this long, its memory is given back, ms; it starts in a fraction of a second. */
const IDLE_MS = 300_000;
/** What failed is tried again after this, ms. */
const RETRY_MS = 60_000;

export interface TurnProcessOptions {
  logger: Logger;
  /** The command of the process; default: this program's own child. */
  child?: { command: string; args: string[] };
  /** Called with the process id each time a process has loaded the network. */
  onReady?: (pid: number) => void;
  /** Tests are less patient, ms. */
  idleMs?: number;
  retryMs?: number;
}

/** smart-turn in a process that is there while somebody speaks, and for a while after. */
export class TurnProcess implements TurnDetector {
  readonly #options: TurnProcessOptions;
  readonly #waiting = new Map<number, (finished: number | null) => void>();
  #child: ChildProcess | null = null;
  #started = Promise.withResolvers<void>();
  #state: TurnDetectorState = { state: 'idle' };
  #failedAt = Number.NEGATIVE_INFINITY;
  #idle: NodeJS.Timeout | undefined;
  #lastId = 0;
  #closed = false;

  constructor(options: TurnProcessOptions) {
    this.#options = options;
  }

  get state(): TurnDetectorState {
    return this.#state;
  }

  /** Process id; null while there is none. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  warm(): void {
    if (this.#closed) return;
    if (this.#state.state === 'ready') this.#stopWhenIdle();
    const failed = performance.now() - this.#failedAt < (this.#options.retryMs ?? RETRY_MS);
    if (this.#child === null && !failed) this.#start();
  }

  /** Resolves when it is loaded. @throws VoiceError detector-failed */
  ready(): Promise<void> {
    this.warm();
    return this.#child ? this.#started.promise : Promise.reject(this.#error());
  }

  finished(samples: Float32Array): Promise<number | null> {
    this.warm();
    const child = this.#child;
    // What is not ready now is asked too late.
    if (child === null || this.#state.state !== 'ready') return Promise.resolve(null);
    const { promise, resolve } = Promise.withResolvers<number | null>();
    const id = ++this.#lastId;
    this.#waiting.set(id, resolve);
    const question: ToTurnChild = { id, samples: samples.slice(-TURN_SAMPLES) };
    child.send(question, (error) => error && this.#answer(id, null));
    return promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'close');
    this.#stop();
    await exit;
  }

  #start(): void {
    const problem = onnxRuntimeProblem();
    if (problem !== null) {
      this.#fail(turnDetectorFailed(problem.reason));
      return;
    }
    const { child: command = childCommand('turn'), logger } = this.#options;
    const child = spawn(command.command, command.args, {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    });
    this.#child = child;
    this.#started = Promise.withResolvers<void>();
    this.#started.promise.catch(() => undefined); // Perhaps nobody waits for it.
    this.#state = { state: 'starting' };
    const started = performance.now();
    child.on('message', (message: FromTurnChild) => {
      if (this.#child !== child) return;
      if (message.type === 'answer') return this.#answer(message.id, message.finished);
      if (message.type === 'unusable') return this.#fail(message.error);
      this.#state = { state: 'ready' };
      this.#stopWhenIdle();
      this.#started.resolve();
      if (child.pid !== undefined) this.#options.onReady?.(child.pid);
      logger.debug({ pid: child.pid, ms: Math.round(performance.now() - started) }, 'smart-turn is ready');
    });
    child.on('error', (error) => this.#died(child, error.message));
    child.on('close', (code, signal) => this.#died(child, String(signal ?? `status ${code}`)));
  }

  #stopWhenIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#stop(), this.#options.idleMs ?? IDLE_MS);
    this.#idle.unref();
  }

  #died(child: ChildProcess, how: string): void {
    if (this.#child === child) this.#fail(turnDetectorFailed(`its process ended (${how})`));
  }

  #fail(error: unknown): void {
    this.#stop();
    this.#failedAt = performance.now();
    this.#state = { state: 'failed', reason: reportOf(error) };
    this.#started.reject(this.#error());
    this.#options.logger.warn({ reason: this.#state.reason?.message }, 'no turn detector');
  }

  #error(): VoiceError {
    const { reason } = this.#state;
    return reason ? errorOf(reason) : turnDetectorFailed('it was closed');
  }

  #stop(): void {
    const child = this.#child;
    clearTimeout(this.#idle);
    this.#child = null;
    this.#state = { state: 'idle' };
    child?.kill('SIGKILL');
    if (this.#closed) this.#started.reject(this.#error());
    for (const id of this.#waiting.keys()) this.#answer(id, null);
  }

  #answer(id: number, finished: number | null): void {
    this.#waiting.get(id)?.(finished);
    this.#waiting.delete(id);
  }
}
