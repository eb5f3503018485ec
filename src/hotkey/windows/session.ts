import type { Logger } from 'pino';
import type { VoiceError } from '../../errors.ts';
import type { Chord } from '../chord.ts';
import type { HotkeyOutlet, HotkeySession } from '../kept-hotkey.ts';
import { noSuchKey, notBound, takenError } from '../refused-key.ts';
import { ALREADY_REGISTERED, type KeyReport, ORDERS, type Refusal } from './thread.ts';

/** The thread with the keys. */
export interface KeyWorker {
  onReport(listener: (report: KeyReport) => void): void;
  /** Puts a message into its queue. @returns false when it has none (any more) */
  post(thread: number, message: number, wParam: number): boolean;
  /** Ends a thread that has no queue yet. */
  terminate(): void;
  /** Resolves with the reason when it has ended. */
  readonly ended: Promise<Error>;
}

interface WindowsSessionOptions {
  thread: KeyWorker;
  listen: Chord;
  cancel: Chord;
  outlet: HotkeyOutlet;
  logger: Logger;
}

/** The daemon's side of the thread with the keys. Events are stamped at their receipt. */
export class WindowsSession implements HotkeySession {
  readonly #options: WindowsSessionOptions;
  /** Identifier of the thread; null: it has no queue yet. */
  #thread: number | null = null;
  #listening = false;
  #closed = false;

  constructor(options: WindowsSessionOptions) {
    this.#options = options;
    options.thread.onReport((report) => this.#take(report, performance.now()));
  }

  /** Serves the keys until the thread ends, which the signal makes it do; resolves with the reason. */
  async run(signal: AbortSignal): Promise<Error> {
    const { thread, outlet } = this.#options;
    const close = (): void => this.#close();
    signal.addEventListener('abort', close, { once: true });
    if (signal.aborted) close();
    outlet.attach(this);
    try {
      return await thread.ended;
    } finally {
      signal.removeEventListener('abort', close);
      this.#thread = null;
    }
  }

  setListening(listening: boolean): void {
    this.#listening = listening;
    this.#post(listening ? ORDERS.listening : ORDERS.idle);
  }

  #close(): void {
    this.#closed = true;
    if (this.#thread === null) this.#options.thread.terminate();
    else this.#post(ORDERS.end);
  }

  #take(report: KeyReport, at: number): void {
    const { outlet, listen, cancel, logger } = this.#options;
    switch (report.type) {
      case 'thread':
        this.#thread = report.thread;
        if (this.#listening) this.#post(ORDERS.listening);
        if (this.#closed) this.#post(ORDERS.end);
        return;
      case 'press':
        outlet.press(at);
        return;
      case 'release':
        outlet.release(at);
        return;
      case 'cancel':
        outlet.cancelled(at);
        return;
      case 'grabbed':
        outlet.changed(null);
        return;
      case 'refused': {
        const isListen = report.chord === 'listen';
        const error = errorOf(isListen ? listen : cancel, report.why);
        // Listening goes on without a cancel key: the listen key ends it too.
        if (isListen) outlet.changed(error);
        else logger.warn({ code: error.code }, `no cancel key: ${error.message}`);
      }
    }
  }

  #post({ message, wParam }: (typeof ORDERS)[keyof typeof ORDERS]): void {
    if (this.#thread !== null) this.#options.thread.post(this.#thread, message, wParam);
  }
}

function errorOf(chord: Chord, why: Refusal): VoiceError {
  if (why === ALREADY_REGISTERED) return takenError(chord, []);
  if (why === 'no-key') return noSuchKey(chord);
  return notBound(chord, 'Windows', typeof why === 'number' ? `error ${why}` : why);
}
