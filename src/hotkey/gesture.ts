/** `[hotkey] mode`: what pressing and letting go of the listen key mean. */
export type HotkeyMode = 'toggle' | 'hold' | 'auto';

/** What a key press or release asks for. */
export type GestureAction = 'start' | 'finish';

/** In `auto`, a key held at least this long is push-to-talk, a shorter press a tap; ms. */
const HOLD_MS = 300;

/**
 * Turns the listen key's presses and releases into actions:
 * - `toggle`: a press starts, the next press ends;
 * - `hold`: listening lasts as long as the key is down;
 * - `auto`: a tap toggles; a key held over `HOLD_MS` ends the recording it started when it is let go.
 */
export class Gesture {
  /** When the press that started the recording was made; null when no such key is down. */
  #startedAt: number | null = null;

  /**
   * @param mode asked for anew each time, since settings may change at any moment
   * @param event what the key did; `at` in ms of any monotonic clock
   * @param listening whether a recording runs at this moment
   */
  next(
    mode: HotkeyMode,
    event: { type: 'press' | 'release'; at: number },
    listening: boolean,
  ): GestureAction | null {
    return event.type === 'press'
      ? this.#press(mode, event.at, listening)
      : this.#release(mode, event.at, listening);
  }

  #press(mode: HotkeyMode, at: number, listening: boolean): GestureAction | null {
    // A press while the key is down already: its release was lost, as sway loses it when a second key is pressed.
    const released = this.#startedAt !== null;
    this.#startedAt = listening ? null : at;
    if (!listening) return 'start';
    return mode === 'hold' && !released ? null : 'finish';
  }

  #release(mode: HotkeyMode, at: number, listening: boolean): GestureAction | null {
    const startedAt = this.#startedAt;
    this.#startedAt = null;
    if (!listening || mode === 'toggle') return null;
    if (mode === 'hold') return 'finish';
    return startedAt !== null && at - startedAt > HOLD_MS ? 'finish' : null;
  }
}
