import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import { arecord } from './arecord.ts';
import { exhausted, type Refusal } from './exhausted.ts';
import type { AudioFrame, RecorderName } from './microphone.ts';
import { parec } from './parec.ts';
import { pwRecord } from './pw-record.ts';
import type { Recorder } from './recorder.ts';
import { type Patience, RecorderFailure, RecorderProcess } from './recorder-process.ts';
import { rec, sox } from './sox.ts';

/** In the order in which they are tried: the quickest and least demanding first. */
export const RECORDERS: readonly Recorder[] = [parec, pwRecord, arecord, sox, rec];

/**
 * How long a recorder that had to stand in for others is tried before them, ms: their failing costs time at each
 * key press, but they may work again.
 */
const PREFERENCE_MS = 600_000;

/** A sound server that crashed is usually started again within this time, ms. */
const SECOND_TRY_MS = 500;

export interface ChainOptions {
  recorders: readonly Recorder[];
  device: string;
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** A recorder that was in use or was waited for failed, and another one is tried now. */
  onTrouble: (error: VoiceError) => void;
  /** Called with the process id of each recorder that was started. */
  onStart?: ((pid: number) => void) | undefined;
}

/**
 * Records with the first recorder that works, in the order given, but for ten minutes the one that worked when
 * others did not comes first. One that fails after it had given sound is tried once more at the end.
 */
export class RecorderChain {
  readonly #options: ChainOptions;
  readonly #running = new Set<RecorderProcess>();
  #last: Recorder | null = null;
  #preferred: { recorder: Recorder; until: number } | null = null;
  #closed = false;
  #refused: Refusal[] = [];

  constructor(options: ChainOptions) {
    this.#options = options;
  }

  /** The recorder in use, or the one used last. */
  get backend(): RecorderName | null {
    return this.#last?.name ?? null;
  }

  /** Who was passed over in the last recording. */
  get refused(): readonly Refusal[] {
    return this.#refused;
  }

  /**
   * One stream of sound until the signal aborts, however many recorders it takes.
   * @throws VoiceError microphone-missing, microphone-silent, microphone-failed when none is left
   */
  async *record(signal: AbortSignal, patience: Patience): AsyncGenerator<AudioFrame, void, undefined> {
    this.#refused = [];
    const queue = this.#order();
    const tried = new Set<Recorder>();
    let heard = false;
    for (let recorder = queue.shift(); recorder; recorder = queue.shift()) {
      if (tried.has(recorder)) await delay(SECOND_TRY_MS, undefined, { signal }).catch(ignoreAbort);
      if (signal.aborted || this.#closed) return;
      const first = !tried.has(recorder);
      tried.add(recorder);
      let frames = 0;
      try {
        for await (const frame of this.#recordWith(recorder, signal, patience)) {
          if (frames === 0) this.#chosen(recorder, heard);
          frames += 1;
          heard = true;
          yield frame;
        }
        return;
      } catch (error) {
        if (!(error instanceof RecorderFailure)) throw error;
        if (frames > 0 && first) queue.push(recorder);
        this.#refuse(recorder, error, frames > 0, queue.length > 0);
      }
    }
    throw exhausted(this.#refused, this.#options.recorders, this.#options.device);
  }

  /** Ends every recorder; resolves when they are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running].map((running) => running.end()));
  }

  #order(): Recorder[] {
    const { recorders } = this.#options;
    const preferred = this.#preferred;
    if (preferred === null || performance.now() > preferred.until) return [...recorders];
    return [preferred.recorder, ...recorders.filter((recorder) => recorder !== preferred.recorder)];
  }

  /** @throws RecorderFailure */
  async *#recordWith(
    recorder: Recorder,
    signal: AbortSignal,
    patience: Patience,
  ): AsyncGenerator<AudioFrame, void, undefined> {
    const running = await this.#start(recorder, patience, signal);
    if (running === null) return;
    this.#running.add(running);
    // Free the microphone at once, whether or not somebody still reads.
    const end = () => void running.end();
    signal.addEventListener('abort', end, { once: true });
    try {
      yield* running.frames();
    } finally {
      signal.removeEventListener('abort', end);
      await running.end();
      this.#running.delete(running);
    }
  }

  /** Null when nobody wants it any more. @throws RecorderFailure */
  async #start(recorder: Recorder, patience: Patience, signal: AbortSignal): Promise<RecorderProcess | null> {
    const { device, env } = this.#options;
    try {
      const command = await recorder.command(device, env);
      if (command === null) throw new RecorderFailure('missing', 'it is not installed');
      if (signal.aborted || this.#closed) return null;
      const running = new RecorderProcess(command, env, patience);
      if (running.pid !== undefined) this.#options.onStart?.(running.pid);
      return running;
    } catch (error) {
      if (error instanceof RecorderFailure) throw error;
      // A program that is broken, or a device name that no argument list takes.
      const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      throw new RecorderFailure('ended', reason);
    }
  }

  /** @param replaces it takes over in the middle of a recording */
  #chosen(recorder: Recorder, replaces: boolean): void {
    const { logger, device, recorders } = this.#options;
    this.#last = recorder;
    if (recorder === recorders[0]) this.#preferred = null;
    else if (!replaces && recorder !== this.#preferred?.recorder) {
      this.#preferred = { recorder, until: performance.now() + PREFERENCE_MS };
    }
    logger[replaces ? 'info' : 'debug']({ recorder: recorder.name, device }, 'recording');
  }

  #refuse(recorder: Recorder, failure: RecorderFailure, inUse: boolean, more: boolean): void {
    const { logger, onTrouble } = this.#options;
    const { kind, message: reason } = failure;
    this.#refused.push({ backend: recorder.name, reason, kind });
    const level = inUse || kind === 'silent' ? 'warn' : 'info';
    logger[level]({ recorder: recorder.name, reason, inUse }, 'recorder passed over');
    if (level === 'warn' && more) onTrouble(trouble(recorder, kind, reason));
  }
}

function trouble(recorder: Recorder, kind: RecorderFailure['kind'], reason: string): VoiceError {
  return kind === 'silent'
    ? new VoiceError(
        'microphone-silent',
        `${recorder.name} delivers no sound; another recorder is tried.`,
        'What you said in the last second may be lost: say it again. `codex-voice doctor` tests the microphone.',
      )
    : new VoiceError(
        'microphone-failed',
        `${recorder.name} failed while recording (${reason}); another recorder is tried.`,
        'Some words may be missing. `codex-voice doctor` tests the microphone.',
      );
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}
