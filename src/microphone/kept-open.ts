import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { EventQueue } from '../event-queue.ts';
import { Backoff } from '../processes/backoff.ts';
import type { RecorderChain } from './chain.ts';
import type { AudioFrame } from './microphone.ts';
import { Preroll } from './preroll.ts';
import type { Patience } from './recorder.ts';

/** Duration of the sound that is kept between recordings, ms. */
const PREROLL_MS = 500;
/** The microphone opens in advance, so a slow device (Bluetooth: seconds) gets its time. */
const PATIENCE: Patience = { first: 6_000, next: 1_000 };

/** A microphone that stays open, for devices that open slowly. */
export class KeptOpen {
  readonly #chain: RecorderChain;
  readonly #logger: Logger;
  readonly #closed = new AbortController();
  readonly #preroll = new Preroll(PREROLL_MS);
  readonly #listeners = new Set<EventQueue<AudioFrame>>();
  readonly #kept: Promise<void>;
  /** Ends the pause before the next try. */
  #wake = new AbortController();
  #error: Error | null = null;

  constructor(chain: RecorderChain, logger: Logger) {
    this.#chain = chain;
    this.#logger = logger;
    this.#kept = this.#keep();
  }

  /** The microphone could not be opened when it was tried last. */
  get failed(): boolean {
    return this.#error !== null;
  }

  /**
   * Yields the sound of the half second before, then new sound, until the signal aborts.
   * @throws VoiceError when the microphone is lost and cannot be opened again
   */
  async *record(signal: AbortSignal): AsyncGenerator<AudioFrame, void, undefined> {
    if (signal.aborted || this.#closed.signal.aborted) return;
    const events = new EventQueue<AudioFrame>();
    for (const frame of this.#preroll.take()) events.push(frame);
    this.#listeners.add(events);
    this.#wake.abort();
    const stop = () => events.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      yield* events;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#listeners.delete(events);
    }
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#wake.abort();
    for (const listener of this.#listeners) listener.close();
    this.#preroll.clear();
    await this.#kept;
  }

  async #keep(): Promise<void> {
    const { signal } = this.#closed;
    const backoff = new Backoff();
    while (!signal.aborted) {
      try {
        for await (const frame of this.#chain.record(signal, PATIENCE)) this.#deliver(frame);
      } catch (error) {
        this.#fail(error instanceof Error ? error : new Error(String(error)));
        await this.#pause(backoff.next());
      }
    }
  }

  #deliver(frame: AudioFrame): void {
    this.#error = null;
    if (this.#listeners.size === 0) this.#preroll.push(frame);
    for (const listener of this.#listeners) listener.push(frame);
  }

  #fail(error: Error): void {
    // Tried again every few seconds: said once.
    const level = this.#error?.message === error.message ? 'debug' : 'warn';
    this.#logger[level]({ err: error }, 'the microphone that is kept open failed');
    this.#error = error;
    this.#preroll.clear();
    for (const listener of this.#listeners) listener.fail(error);
  }

  /** Waits, but not longer than until a recording is requested. */
  async #pause(milliseconds: number): Promise<void> {
    this.#wake = new AbortController();
    if (this.#closed.signal.aborted) return;
    try {
      await delay(milliseconds, undefined, { signal: this.#wake.signal });
    } catch (error) {
      if (!(error instanceof Error && error.name === 'AbortError')) throw error;
    }
  }
}
