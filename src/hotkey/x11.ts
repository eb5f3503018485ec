import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type ErrorReport, reportOf, VoiceError } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import { Backoff } from '../processes/backoff.ts';
import { XConnection } from '../x11/connection.ts';
import type { Chord } from './chord.ts';
import type { Hotkey, HotkeyEvent, HotkeyState } from './hotkey.ts';
import { XSession } from './x11-session.ts';

export interface X11HotkeyOptions {
  listen: Chord;
  cancel: Chord;
  /** DISPLAY, XAUTHORITY and HOME are read. */
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** Pause between attempts to get a key that another program holds, ms; 3,000 by default. */
  retryMs?: number;
}

/**
 * Global hotkey of an X11 desktop: passive grabs on the root window, so the key reaches no app. Connects in
 * the background, and again when the X server is gone; `state` and its events tell. Verified with x11 4.2.2
 * against X.Org 21.1.
 */
export class X11Hotkey implements Hotkey {
  readonly #options: X11HotkeyOptions;
  readonly #queue = new EventQueue<HotkeyEvent>();
  readonly #closing = new AbortController();
  readonly #done: Promise<void>;
  #session: XSession | null = null;
  #listening = false;
  #state: HotkeyState;

  constructor(options: X11HotkeyOptions) {
    this.#options = options;
    this.#state = { backend: 'x11', keys: [options.listen.text, options.cancel.text], state: 'waiting' };
    this.#done = this.#run(this.#closing.signal);
  }

  get state(): HotkeyState {
    return this.#state;
  }

  get events(): AsyncIterable<HotkeyEvent> {
    return this.#queue;
  }

  setListening(listening: boolean): void {
    this.#listening = listening;
    this.#session?.setListening(listening);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#done;
    this.#change('off');
    this.#queue.close();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff();
    while (!signal.aborted) {
      const reason = await this.#serve(signal).catch((error: unknown) => error);
      if (signal.aborted) return;
      this.#change('waiting', lostReport(reason));
      await sleep(backoff.next(), undefined, { signal }).catch(() => undefined); // closed while it waited
    }
  }

  /** One connection, from its beginning to its end; resolves with why it ended. */
  async #serve(signal: AbortSignal): Promise<Error> {
    const { env, logger, listen, cancel, retryMs = 3_000 } = this.#options;
    using connection = await XConnection.open(env, logger, signal);
    signal.throwIfAborted();
    const close = (): void => connection.close();
    signal.addEventListener('abort', close, { once: true });
    const session = new XSession(
      {
        connection,
        listen,
        cancel,
        retryMs,
        logger,
        press: (at) => this.#queue.push({ type: 'press', at }),
        release: (at) => this.#queue.push({ type: 'release', at }),
        cancelled: (at) => this.#queue.push({ type: 'cancel', at }),
        changed: (refused) =>
          refused === null ? this.#change('grabbed') : this.#change('waiting', reportOf(refused)),
      },
      this.#listening,
    );
    this.#session = session;
    try {
      return await session.run();
    } finally {
      this.#session = null;
      signal.removeEventListener('abort', close);
    }
  }

  #change(state: HotkeyState['state'], reason?: ErrorReport): void {
    const before = this.#state;
    const { backend, keys } = before;
    this.#state = reason ? { backend, keys, state, reason } : { backend, keys, state };
    // The same trouble in other words at each attempt is no news.
    if (before.state === state && before.reason?.code === reason?.code) return;
    if (reason) this.#options.logger.warn({ code: reason.code, hint: reason.hint }, reason.message);
    else this.#options.logger.info({ keys }, `hotkey ${state}`);
    this.#queue.push({ type: 'state', state: this.#state });
  }
}

/** Why there is no connection; one that broke is `display-lost`. */
function lostReport(reason: unknown): ErrorReport {
  if (reason instanceof VoiceError) return reportOf(reason);
  const message = reason instanceof Error ? reason.message : String(reason);
  return {
    code: 'display-lost',
    message: `The connection to the X display was lost: ${message}.`,
    hint: 'The key is grabbed again when it is back. `codex-voice toggle` works meanwhile.',
  };
}
