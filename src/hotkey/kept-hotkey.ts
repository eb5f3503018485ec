import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Driver, openFirst, type PassedOver, reasonsOf } from '../drivers.ts';
import { type ErrorReport, reportOf } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import { Backoff } from '../processes/backoff.ts';
import type { Hotkey, HotkeyEvent, HotkeyState } from './hotkey.ts';

/** One connection to what gives the keys: a display, a compositor, a portal. */
export interface HotkeySession {
  /** Takes the cancel key, or lets it go. */
  setListening(listening: boolean): void;
}

/** What a session reports; times are performance.now() in ms. */
export interface HotkeyOutlet {
  press(at: number): void;
  release(at: number): void;
  cancelled(at: number): void;
  /** The listen key is ours, or why not. */
  changed(refused: unknown): void;
  /** The keys as the desktop has them now, where the user chose others there. */
  named(keys: readonly string[]): void;
  /** The session is there: it learns whether somebody listens now, and of each change. */
  attach(session: HotkeySession): void;
}

/** A way to the keys of a desktop. */
export interface HotkeyDriver extends Driver {
  /** The desktop reports no release of the key, whatever the mode is. */
  readonly toggleOnly?: boolean;
  /**
   * Serves one connection from its beginning to its end.
   * @returns why it ended
   * @throws what kept it from beginning; the reason of `signal`
   */
  serve(outlet: HotkeyOutlet, signal: AbortSignal): Promise<Error>;
  /** Words for a connection that could not be made or has ended. */
  lost(reason: unknown): ErrorReport;
}

/**
 * A global hotkey through the first driver that works here. Its connection is made in the background, and again whenever
 * it ends; `state` and its events tell.
 */
export class KeptHotkey implements Hotkey {
  readonly #drivers: readonly HotkeyDriver[];
  readonly #logger: Logger;
  readonly #queue = new EventQueue<HotkeyEvent>();
  readonly #closing = new AbortController();
  readonly #done: Promise<void>;
  #session: HotkeySession | null = null;
  #listening = false;
  #state: HotkeyState;

  /** @param keys the chords as they are configured, the listen key first */
  constructor(drivers: readonly HotkeyDriver[], keys: readonly string[], logger: Logger) {
    this.#drivers = drivers;
    this.#logger = logger;
    this.#state = { backend: drivers[0]?.name ?? 'none', keys: [...keys], state: 'waiting' };
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
    const outlet: HotkeyOutlet = {
      press: (at) => this.#queue.push({ type: 'press', at }),
      release: (at) => this.#queue.push({ type: 'release', at }),
      cancelled: (at) => this.#queue.push({ type: 'cancel', at }),
      changed: (refused) =>
        refused === null ? this.#change('grabbed') : this.#change('waiting', reportOf(refused)),
      named: (keys) => this.#name(keys),
      attach: (session) => {
        this.#session = session;
        session.setListening(this.#listening);
      },
    };
    const { opened: driver, passedOver } = await openFirst(this.#drivers, (each) => each);
    for (const { name, reason } of passedOver) {
      this.#logger.info({ backend: name, reason }, 'hotkey backend passed over');
    }
    this.#state = {
      ...this.#state,
      backend: driver?.name ?? 'none',
      ...(driver !== null && passedOver.length > 0 && { passedOver }),
      ...(driver?.toggleOnly && { toggleOnly: true }),
    };
    if (driver === null)
      return this.#change('off', passedOver.length > 0 ? unavailable(passedOver) : undefined);
    while (!signal.aborted) {
      const reason = await driver.serve(outlet, signal).catch((error: unknown) => error);
      this.#session = null;
      if (signal.aborted) return;
      this.#change('waiting', driver.lost(reason));
      await sleep(backoff.next(), undefined, { signal }).catch(() => undefined); // closed while it waited
    }
  }

  #change(state: HotkeyState['state'], reason?: ErrorReport): void {
    const before = this.#state;
    const { reason: _, ...same } = before;
    this.#state = reason ? { ...same, state, reason } : { ...same, state };
    // The same trouble in other words at each attempt is no news.
    if (before.state === state && before.reason?.code === reason?.code) return;
    if (reason) this.#logger.warn({ code: reason.code, hint: reason.hint }, reason.message);
    else this.#logger.info({ keys: same.keys }, `hotkey ${state}`);
    this.#queue.push({ type: 'state', state: this.#state });
  }

  #name(keys: readonly string[]): void {
    if (keys.join('\n') === this.#state.keys.join('\n')) return;
    this.#state = { ...this.#state, keys: [...keys] };
    this.#queue.push({ type: 'state', state: this.#state });
  }
}

function unavailable(passedOver: readonly PassedOver[]): ErrorReport {
  return {
    code: 'hotkey-unavailable',
    message: `No global hotkey is available here. ${reasonsOf(passedOver)}.`,
    hint: 'Run `codex-voice keys` to see how to bind a key of the desktop to codex-voice.',
  };
}
