import type { Logger } from 'pino';
import type { XEvent } from 'x11';
import type { VoiceError } from '../../errors.ts';
import { isTaken, type XConnection } from '../../x11/connection.ts';
import type { Chord } from '../chord.ts';
import type { HotkeyOutlet, HotkeySession } from '../kept-hotkey.ts';
import { noSuchKey, takenError } from '../refused-key.ts';
import { ChordGrab } from './grab.ts';
import { grabHolders } from './holders.ts';
import { KeyTracker } from './key-tracker.ts';
import { combinationsOf, type Keymap, loadKeymap } from './keymap.ts';

/** MappingNotify's `request` when only the mouse buttons changed (X11/X.h). */
const MAPPING_POINTER = 2;

interface XSessionOptions {
  connection: XConnection;
  listen: Chord;
  cancel: Chord;
  /** Pause between attempts to get a key that another program holds, ms. */
  retryMs: number;
  logger: Logger;
  /** Events are stamped at their receipt. */
  outlet: HotkeyOutlet;
}

/**
 * The two chords on one connection. Whenever something changes (keyboard layout, listening, time while a key
 * is taken), what should be grabbed is compared with what is and the difference made up.
 */
export class XSession implements HotkeySession {
  readonly #options: XSessionOptions;
  readonly #listenKey: KeyTracker;
  readonly #cancelKey: KeyTracker;
  readonly #listenGrab: ChordGrab;
  readonly #cancelGrab: ChordGrab;
  #keymap: Keymap | null = null;
  #listening = false;
  /** Was the last attempt refused? Each refusal is looked into and told once. */
  #listenRefused = false;
  #cancelRefused = false;
  #updating = false;
  #again = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: XSessionOptions) {
    this.#options = options;
    const { connection, outlet } = options;
    const barrier = (): Promise<void> => connection.barrier();
    this.#listenKey = new KeyTracker({ barrier, press: outlet.press, release: outlet.release });
    this.#cancelKey = new KeyTracker({ barrier, press: outlet.cancelled, release: () => undefined });
    this.#listenGrab = new ChordGrab(connection, options.listen);
    this.#cancelGrab = new ChordGrab(connection, options.cancel);
  }

  /** Grabs and serves the keys until the connection ends; resolves with why it did. */
  async run(): Promise<Error> {
    const { connection } = this.#options;
    connection.onEvent((event) => this.#onEvent(event, performance.now()));
    this.#update();
    const reason = await connection.closed;
    clearTimeout(this.#retry);
    this.#listenKey.lost(performance.now());
    return reason;
  }

  setListening(listening: boolean): void {
    this.#listening = listening;
    this.#update();
  }

  #onEvent(event: XEvent, at: number): void {
    const { keycode = 0, time = 0, buttons: state = 0 } = event;
    switch (event.name) {
      case 'KeyPress':
      case 'ButtonPress': {
        this.#trackerOf(isButton(event), keycode, state)?.pressed({ keycode, time }, at);
        break;
      }
      case 'KeyRelease':
      case 'ButtonRelease': {
        // It belongs to its key whatever modifiers are still down: they are often let go first.
        const { listen, cancel } = this.#options;
        if ('button' in listen === isButton(event)) this.#listenKey.released({ keycode, time }, at);
        if ('button' in cancel === isButton(event)) this.#cancelKey.released({ keycode, time }, at);
        break;
      }
      case 'MappingNotify': {
        if (event.request === MAPPING_POINTER) break;
        this.#keymap = null;
        this.#update();
        break;
      }
    }
  }

  #trackerOf(button: boolean, keycode: number, state: number): KeyTracker | null {
    const { listen, cancel } = this.#options;
    const isListen = this.#listenKey.isDown(keycode) || this.#listenGrab.matches(keycode, state);
    if ('button' in listen === button && isListen) return this.#listenKey;
    if ('button' in cancel !== button) return null;
    if (this.#cancelKey.isDown(keycode) || this.#cancelGrab.matches(keycode, state)) return this.#cancelKey;
    // While the listen key is held the whole keyboard is ours, and its modifiers are down as well.
    return this.#listenKey.down && this.#cancelGrab.hasKey(keycode) ? this.#cancelKey : null;
  }

  /** Makes the grabs what they should be; called during an update it makes it run once more. */
  #update(): void {
    this.#again = true;
    if (this.#updating) return;
    this.#updating = true;
    this.#updateAll()
      .catch((error: unknown) => {
        const { connection, logger } = this.#options;
        if (connection.ended) return;
        logger.warn({ error: String(error) }, 'the X server refused a request; connecting anew');
        connection.close();
      })
      .finally(() => {
        this.#updating = false;
      });
  }

  async #updateAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      this.#keymap ??= await loadKeymap(this.#options.connection);
      await this.#updateListen(this.#keymap);
      await this.#updateCancel(this.#keymap);
    }
  }

  async #updateListen(keymap: Keymap): Promise<void> {
    const { listen, outlet, retryMs } = this.#options;
    const wanted = combinationsOf(listen, keymap);
    clearTimeout(this.#retry);
    try {
      await this.#listenGrab.hold(wanted);
      this.#listenRefused = false;
      outlet.changed(wanted.length > 0 ? null : noSuchKey(listen));
    } catch (error) {
      if (!isTaken(error)) throw error;
      this.#retry = setTimeout(() => this.#update(), retryMs);
      if (this.#listenRefused) return;
      this.#listenRefused = true;
      outlet.changed(await this.#takenError(listen));
    }
  }

  /** Listening goes on without a cancel key: the listen key ends it too. */
  async #updateCancel(keymap: Keymap): Promise<void> {
    const { cancel, logger } = this.#options;
    if (!this.#listening) this.#cancelRefused = false;
    try {
      await this.#cancelGrab.hold(this.#listening ? combinationsOf(cancel, keymap) : []);
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (this.#cancelRefused) return;
      this.#cancelRefused = true;
      const { code, message } = await this.#takenError(cancel);
      logger.warn({ code }, `no cancel key: ${message}`);
    }
  }

  async #takenError(chord: Chord): Promise<VoiceError> {
    const holders = await grabHolders(this.#options.connection, this.#options.logger);
    return takenError(chord, holders);
  }
}

function isButton({ name }: XEvent): boolean {
  return name === 'ButtonPress' || name === 'ButtonRelease';
}
