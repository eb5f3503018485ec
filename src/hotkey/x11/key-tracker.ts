interface KeyTrackerOptions {
  /** Resolves once everything the server had sent before the call has been read. */
  barrier(): Promise<void>;
  /** `at`: performance.now() in ms when the event was received. */
  press(at: number): void;
  release(at: number): void;
}

/** What of an X key event matters here; `time` is the server's clock in ms. */
interface KeyStroke {
  keycode: number;
  time: number;
}

/**
 * One key's presses and releases without auto-repeat. The X server repeats a held key as release and press
 * with the same server time, sent together (X.Org 21.1, Xvfb). So a release counts once a round trip has
 * shown that no such press came with it; no timer has to guess.
 */
export class KeyTracker {
  readonly #options: KeyTrackerOptions;
  /** Keycode of the key that is down. A chord can have several; the release belongs to the one pressed. */
  #keycode: number | null = null;
  /** A release that may turn out to be a repeat. */
  #pending: { time: number; at: number } | null = null;

  constructor(options: KeyTrackerOptions) {
    this.#options = options;
  }

  get down(): boolean {
    return this.#keycode !== null;
  }

  isDown(keycode: number): boolean {
    return this.#keycode === keycode;
  }

  /** @param at performance.now(), ms */
  pressed({ keycode, time }: KeyStroke, at: number): void {
    if (this.#keycode === keycode && this.#pending?.time === time) {
      this.#pending = null;
      return;
    }
    this.#settle();
    if (this.#keycode !== null) return;
    this.#keycode = keycode;
    this.#options.press(at);
  }

  /** @param at performance.now(), ms */
  released({ keycode, time }: KeyStroke, at: number): void {
    if (this.#keycode !== keycode) return;
    const release = { time, at };
    this.#pending = release;
    const settle = (): void => {
      if (this.#pending === release) this.#settle();
    };
    // A connection that broke meanwhile brings no press either.
    this.#options.barrier().then(settle, settle);
  }

  /** The keyboard is gone: a key that was down counts as let go. */
  lost(at: number): void {
    this.#settle();
    if (this.#keycode === null) return;
    this.#keycode = null;
    this.#options.release(at);
  }

  #settle(): void {
    const release = this.#pending;
    if (release === null) return;
    this.#pending = null;
    this.#keycode = null;
    this.#options.release(release.at);
  }
}
