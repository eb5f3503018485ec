import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { errorOf, VoiceError } from '../errors.ts';
import { exhausted, type Refusal } from './exhausted.ts';
import type { AudioFrame, RecorderName } from './microphone.ts';
import {
  type Patience,
  type Recorder,
  RecorderFailure,
  type Recording,
  type SourceState,
} from './recorder.ts';

/**
 * How long a recorder that replaced others is tried before them, ms. Their failures cost time at each key press, but
 * they may work again.
 */
const PREFERENCE_MS = 600_000;

/** A sound server that crashed is usually started again within this time, ms. */
const SECOND_TRY_MS = 500;

interface ChainOptions {
  /** In the order in which they are tried. */
  recorders: readonly Recorder[];
  device: string;
  logger: Logger;
  /** A recorder that was in use or was waited for failed, and the next one is tried. */
  onTrouble: (error: VoiceError) => void;
}

/**
 * Records with the first recorder that works, in the order given, but for ten minutes the one that worked when
 * others did not comes first. One that fails after it had given sound is tried once more at the end.
 */
export class RecorderChain {
  readonly #options: ChainOptions;
  readonly #running = new Set<Recording>();
  /** Whose failing took time. */
  readonly #slow = new Set<Recorder>();
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

  /** The source of the recorder in use; before the first recording, of the first recorder that knows it. */
  get source(): SourceState | null {
    if (this.#last !== null) return this.#last.source;
    return this.#options.recorders.find(({ source }) => source !== null)?.source ?? null;
  }

  /** Recorders that were passed over in the last recording. */
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
        this.#refuse(recorder, error, frames > 0, queue.length > 0 && error.report === null);
        if (error.report) throw errorOf(error.report);
      }
    }
    throw exhausted(this.#refused, this.#options.recorders, this.#options.device);
  }

  /** Ends every recorder; resolves when they are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running].map((running) => running.end()));
    await Promise.all(this.#options.recorders.map((recorder) => recorder.close()));
  }

  /** The preferred one before those whose failing takes time; what says at once that it cannot stays before it. */
  #order(): Recorder[] {
    const { recorders } = this.#options;
    const preferred = this.#preferred;
    if (preferred === null || performance.now() > preferred.until) return [...recorders];
    const place = recorders.indexOf(preferred.recorder);
    const quick = recorders.slice(0, place).filter((recorder) => !this.#slow.has(recorder));
    const first = [...quick, preferred.recorder];
    return [...first, ...recorders.filter((recorder) => !first.includes(recorder))];
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
    // Frees the microphone at once, even if the frames are still being read.
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

  /** Null when it is no longer needed. @throws RecorderFailure */
  async #start(recorder: Recorder, patience: Patience, signal: AbortSignal): Promise<Recording | null> {
    const unavailable = await recorder.unavailable();
    if (unavailable !== null) throw new RecorderFailure('missing', unavailable);
    if (signal.aborted || this.#closed) return null;
    try {
      const running = await recorder.open(patience);
      if (!signal.aborted && !this.#closed) return running;
      await running.end();
      return null;
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
    this.#slow.delete(recorder);
    const before = recorders.slice(0, recorders.indexOf(recorder));
    if (!before.some((other) => this.#slow.has(other))) this.#preferred = null;
    else if (
      !replaces &&
      (recorder !== this.#preferred?.recorder || performance.now() > this.#preferred.until)
    ) {
      this.#preferred = { recorder, until: performance.now() + PREFERENCE_MS };
    }
    logger[replaces ? 'info' : 'debug']({ recorder: recorder.name, device }, 'recording');
  }

  #refuse(recorder: Recorder, failure: RecorderFailure, inUse: boolean, more: boolean): void {
    const { logger, onTrouble } = this.#options;
    const { kind, message: reason } = failure;
    this.#refused.push({ backend: recorder.name, reason, kind });
    if (kind !== 'missing') this.#slow.add(recorder);
    const level = inUse || kind === 'silent' ? 'warn' : 'info';
    logger[level]({ recorder: recorder.name, reason, inUse }, 'recorder passed over');
    if (level === 'warn' && more) onTrouble(trouble(recorder, kind, reason));
  }
}

function trouble(recorder: Recorder, kind: RecorderFailure['kind'], reason: string): VoiceError {
  return kind === 'silent'
    ? new VoiceError(
        'microphone-silent',
        `${recorder.name} delivers no sound; trying another recorder.`,
        'Your words of the last second may be lost. Say it again, or run `codex-voice doctor` to test the microphone.',
      )
    : new VoiceError(
        'microphone-failed',
        `${recorder.name} failed while recording (${reason}); trying another recorder.`,
        'Some words may be missing. Run `codex-voice doctor` to test the microphone.',
      );
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}
