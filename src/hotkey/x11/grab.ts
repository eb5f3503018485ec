import type { XConnection } from '../../x11/connection.ts';
import type { Chord } from '../chord.ts';
import type { Combination } from './keymap.ts';

// Values of the core protocol (X11/X.h).
const GRAB_MODE_ASYNC = 1;
/** ButtonPress and ButtonRelease. */
const BUTTON_EVENTS = 0x4 | 0x8;
/** All modifiers of an event's state; the bits above are mouse buttons and the keyboard group. */
const MODIFIER_BITS = 0xff;

/** The passive grabs of one chord: all of its combinations or none. */
export class ChordGrab {
  readonly #connection: XConnection;
  readonly #isButton: boolean;
  #held: readonly Combination[] = [];

  constructor(connection: XConnection, chord: Chord) {
    this.#connection = connection;
    this.#isButton = 'button' in chord;
  }

  /** Does an event of a key, or of a mouse button where the chord has one, belong to the chord? */
  matches(keycode: number, state: number): boolean {
    return this.#held.some((held) => held.keycode === keycode && held.mask === (state & MODIFIER_BITS));
  }

  /** Is it the chord's key, whatever modifiers are down? */
  hasKey(keycode: number): boolean {
    return this.#held.some((held) => held.keycode === keycode);
  }

  /**
   * Grabs these combinations instead of what is held; an empty list lets go.
   * @throws XError of the first grab that was refused; then nothing is held
   */
  async hold(wanted: readonly Combination[]): Promise<void> {
    if (isSame(this.#held, wanted)) return;
    const before = this.#held;
    this.#held = [];
    await this.#ungrab(before);
    const results = await Promise.allSettled(wanted.map((combination) => this.#grab(combination)));
    const refused = results.find((result) => result.status === 'rejected');
    if (refused) {
      await this.#ungrab(wanted);
      throw refused.reason;
    }
    this.#held = wanted;
  }

  async #grab({ keycode, mask }: Combination): Promise<void> {
    const { client } = this.#connection;
    for (const root of this.#roots()) {
      await this.#connection.ask<void>((done) =>
        this.#isButton
          ? client.GrabButton(
              ...([root, 0, BUTTON_EVENTS, GRAB_MODE_ASYNC, GRAB_MODE_ASYNC, 0, 0, keycode, mask] as const),
              done,
            )
          : client.GrabKey(root, 0, mask, keycode, GRAB_MODE_ASYNC, GRAB_MODE_ASYNC, done),
      );
    }
  }

  /** Harmless without a grab: the server releases only this connection's grabs. */
  async #ungrab(combinations: readonly Combination[]): Promise<void> {
    const { client } = this.#connection;
    const requests = combinations.flatMap(({ keycode, mask }) =>
      this.#roots().map((root) =>
        this.#connection.ask<void>((done) =>
          this.#isButton
            ? client.UngrabButton(root, keycode, mask, done)
            : client.UngrabKey(root, keycode, mask, done),
        ),
      ),
    );
    await Promise.all(requests);
  }

  #roots(): number[] {
    return this.#connection.display.screen.map(({ root }) => root);
  }
}

function isSame(one: readonly Combination[], other: readonly Combination[]): boolean {
  const key = (list: readonly Combination[]): string =>
    list.map(({ keycode, mask }) => `${keycode}/${mask}`).join();
  return key(one) === key(other);
}
