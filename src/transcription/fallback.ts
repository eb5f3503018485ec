import type { Logger } from 'pino';
import { type ErrorReport, reportOf, VoiceError } from '../errors.ts';
import { ServerBusy } from './server/retry-after.ts';
import type { TranscribeOptions, Transcriber, TranscriberState, Transcript } from './transcriber.ts';

/** A server that failed is not asked again for this time, ms, because every utterance would wait for it. */
const AVOIDED_MS = 30_000;
/** The longest time for which a server may ask to be left alone, ms: its limit may have been raised. */
const MOST_AVOIDED_MS = 3_600_000;

interface FallbackOptions {
  /** The server. */
  first: Transcriber;
  /** The model on this machine. */
  second: Transcriber;
  /** Time after which the model on this machine starts too, ms; the first result counts. */
  slowMs: number;
  logger: Logger;
  /** ms; performance.now() by default */
  now?: () => number;
}

/** Now using a server; by the model on this machine when the server is slow or gone. */
export class FallbackTranscriber implements Transcriber {
  readonly #first: Transcriber;
  readonly #second: Transcriber;
  readonly #slowMs: number;
  readonly #logger: Logger;
  readonly #now: () => number;
  #trouble: { reason: ErrorReport; until: number } | null = null;

  constructor({ first, second, slowMs, logger, now = () => performance.now() }: FallbackOptions) {
    this.#first = first;
    this.#second = second;
    this.#slowMs = slowMs;
    this.#logger = logger;
    this.#now = now;
  }

  get state(): TranscriberState {
    if (this.#trouble === null) return this.#first.state;
    return { ...this.#second.state, reason: this.#trouble.reason };
  }

  /** Whoever works is enough: the model here may not know the language. */
  async ready(): Promise<void> {
    const [first, second] = await Promise.allSettled([this.#first.ready(), this.#second.ready()]);
    if (first.status === 'fulfilled') return;
    if (second.status === 'rejected') throw second.reason;
    this.#avoid(first.reason);
  }

  async transcribe(audio: Float32Array, options: TranscribeOptions = {}): Promise<Transcript> {
    const avoided = this.#trouble !== null && this.#now() < this.#trouble.until;
    // Partial texts stay on this machine: they cost nothing there.
    if (options.yields || avoided) return this.#second.transcribe(audio, options);
    return this.#race(audio, options);
  }

  async close(): Promise<void> {
    await Promise.all([this.#first.close(), this.#second.close()]);
  }

  /** Returns the server's text, or the local text if the server failed or is slow. */
  async #race(audio: Float32Array, options: TranscribeOptions): Promise<Transcript> {
    const over = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, over.signal]) : over.signal;
    const asked = this.#first.transcribe(audio, { ...options, signal }).then((transcript) => {
      this.#trouble = null;
      return transcript;
    });
    const failed = asked.then(
      () => false,
      (error: unknown) => {
        if (!signal.aborted) this.#avoid(error);
        return true;
      },
    );
    try {
      if (!(await Promise.race([failed, after(this.#slowMs, over.signal)]))) return await asked;
      options.signal?.throwIfAborted();
      const own = this.#second.transcribe(audio, { ...options, signal });
      // Both may fail: the engine of this machine has the last word.
      const transcript = await Promise.any([asked, own]).catch(() => own);
      if (this.#trouble === null && !(await Promise.race([failed.then(() => true), false])))
        this.#avoid(slow());
      return transcript;
    } finally {
      over.abort();
    }
  }

  #avoid(error: unknown): void {
    const reason = reportOf(error);
    this.#logger.warn(
      { code: reason.code, reason: reason.message },
      'speech is recognised on this machine meanwhile',
    );
    const wanted = error instanceof ServerBusy ? Math.min(error.waitMs, MOST_AVOIDED_MS) : 0;
    this.#trouble = { reason, until: this.#now() + Math.max(AVOIDED_MS, wanted) };
  }
}

function slow(): VoiceError {
  const hint = 'Check what keeps the server busy, or set engine = "whisper" under [transcription].';
  return new VoiceError('engine-failed', 'The transcription server is slow.', hint);
}

/** true after that time, ms. */
function after(ms: number, signal: AbortSignal): Promise<true> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), ms);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}
