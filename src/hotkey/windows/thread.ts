import { messageOf } from '../../errors.ts';
import type { InputQueue, QueueMessage } from '../../win32/user32.ts';
import type { Chord } from '../chord.ts';
import { MODIFIERS, type WindowsButton, type WindowsKey, windowsButton, windowsKey } from './keys.ts';

/** What the thread reports. */
export type KeyReport =
  /** It can receive messages now. */
  | { type: 'thread'; thread: number }
  | { type: 'press' | 'release' | 'cancel' }
  /** The listen key is ours. */
  | { type: 'grabbed' }
  | { type: 'refused'; chord: 'listen' | 'cancel'; why: Refusal };

/** Error code of Windows; `no-key`: the keyboard layout lacks the key; other texts are the words of an error. */
export type Refusal = number | string;

/** ERROR_HOTKEY_ALREADY_REGISTERED */
export const ALREADY_REGISTERED = 1409;

// Messages (winuser.h). Those of an app begin at 0x8000.
const WM_QUIT = 0x12;
const WM_HOTKEY = 0x312;
const SET_LISTENING = 0x8000;

/** What is put into the queue of the thread. */
export const ORDERS = {
  end: { message: WM_QUIT, wParam: 0 },
  listening: { message: SET_LISTENING, wParam: 1 },
  idle: { message: SET_LISTENING, wParam: 0 },
} as const;

/** MOD_NOREPEAT; Wine 8.0 ignores it. */
const NO_REPEAT = 0x4000;
const LISTEN = 1;
const CANCEL = 2;
/** The cancel key while the modifiers of the listen key are still held. */
const CANCEL_HELD = 3;

/** How often the release of a key that is down is looked for, ms. Windows reports none for a hotkey. */
const LOOK_MS = 15;
/** A key that was not seen down this long after its press was let go before the first look, ms. */
const NEVER_SEEN_MS = 180;
/** The key counts as released when it is up this many times in a row: Wine 8.0 says so once too early. */
const UPS = 2;

/** Virtual-key codes of the modifiers; both keys with the Windows logo have their own. */
const HELD: readonly (readonly [number, number])[] = [
  [MODIFIERS.alt, 0x12],
  [MODIFIERS.ctrl, 0x11],
  [MODIFIERS.shift, 0x10],
  [MODIFIERS.super, 0x5b],
  [MODIFIERS.super, 0x5c],
];

interface KeyThreadOptions {
  queue: InputQueue;
  listen: Chord;
  cancel: Chord;
  /** Pause between attempts to get a key that another program holds, ms. */
  retryMs: number;
  report: (report: KeyReport) => void;
  /** Clock in ms. */
  now: () => number;
}

type Target = WindowsKey | WindowsButton | null;

/**
 * The two chords in a thread that does nothing else: it sleeps until Windows has a message for it, and looks at the
 * keyboard only while the listen key is down.
 */
export class KeyThread {
  readonly #options: KeyThreadOptions;
  readonly #listen: Target;
  readonly #cancel: Target;
  #unhook: (() => void) | null = null;
  #listening = false;
  #grabbed = false;
  /** The last refusal of the listen key: each is reported once. */
  #refused: Refusal | null = null;
  #retryAt: number | null = null;
  /** The listen key that is down. */
  #down: { since: number; seen: boolean; ups: number } | null = null;
  /** The buttons whose press was kept from the apps: so is their release. */
  readonly #kept = new Set<WindowsButton>();
  #ended = false;

  constructor(options: KeyThreadOptions) {
    this.#options = options;
    this.#listen = this.#targetOf(options.listen);
    this.#cancel = this.#targetOf(options.cancel);
  }

  /** Grabs the keys and serves them until it is asked to end. Blocks this thread. */
  run(): void {
    const { queue, report, now } = this.#options;
    report({ type: 'thread', thread: queue.thread });
    try {
      this.begin();
      while (!this.#ended) {
        queue.wait(this.patience);
        for (let message = queue.next(); message !== null; message = queue.next()) this.take(message, now());
        this.look(now());
      }
    } finally {
      this.#letGo();
    }
  }

  /** Grabs the listen key, or reports why not. */
  begin(): void {
    this.#grab();
  }

  /** How long it may sleep, ms; null: until there is a message. */
  get patience(): number | null {
    const { now } = this.#options;
    if (this.#down !== null && isKey(this.#listen)) return LOOK_MS;
    return this.#retryAt === null ? null : Math.max(0, this.#retryAt - now());
  }

  take({ message, wParam }: QueueMessage, at: number): void {
    if (message === WM_QUIT) this.#ended = true;
    if (message === SET_LISTENING) this.#setListening(wParam === 1);
    if (message !== WM_HOTKEY) return;
    if (wParam === LISTEN) this.#press(at);
    else if (this.#listening) this.#options.report({ type: 'cancel' });
  }

  /** After each wait: looks whether the listen key is still down, and tries again to get it where it is taken. */
  look(at: number): void {
    if (this.#retryAt !== null && at >= this.#retryAt) this.#grab();
    if (!this.#needsHook()) this.#removeHook();
    const down = this.#down;
    if (down === null || !isKey(this.#listen)) return;
    if (this.#options.queue.isDown(this.#listen.key)) {
      down.seen = true;
      down.ups = 0;
      return;
    }
    down.ups += 1;
    if (down.seen ? down.ups >= UPS : at - down.since >= NEVER_SEEN_MS) this.#release();
  }

  #targetOf(chord: Chord): Target {
    if ('button' in chord) return windowsButton(chord);
    return windowsKey(chord, (character) => this.#options.queue.keyFor(character));
  }

  #grab(): void {
    const { queue, retryMs, report, now } = this.#options;
    this.#retryAt = null;
    const why = this.#take(this.#listen, () => register(queue, LISTEN, this.#listen));
    if (why === null) {
      this.#grabbed = true;
      this.#refused = null;
      report({ type: 'grabbed' });
      return;
    }
    if (why !== 'no-key') this.#retryAt = now() + retryMs;
    if (this.#refused === why) return;
    this.#refused = why;
    report({ type: 'refused', chord: 'listen', why });
  }

  #setListening(listening: boolean): void {
    if (listening === this.#listening) return;
    this.#listening = listening;
    const { queue, report } = this.#options;
    if (!listening) {
      queue.unregister(CANCEL);
      queue.unregister(CANCEL_HELD);
      return;
    }
    const why = this.#take(this.#cancel, () => register(queue, CANCEL, this.#cancel));
    if (why !== null) report({ type: 'refused', chord: 'cancel', why });
    // Push-to-talk: the key is pressed with those of the listen key. Where another program has that chord, it keeps it.
    if (why === null && isKey(this.#cancel) && isKey(this.#listen)) {
      const modifiers = this.#cancel.modifiers | this.#listen.modifiers;
      const held = { key: this.#cancel.key, modifiers };
      if (modifiers !== this.#cancel.modifiers && held.key !== this.#listen.key)
        register(queue, CANCEL_HELD, held);
    }
  }

  /** @returns why Windows refuses it; null: it is ours */
  #take(target: Target, registered: () => number): Refusal | null {
    if (target === null) return 'no-key';
    if (isKey(target)) return registered() || null;
    try {
      this.#unhook ??= this.#options.queue.hookMouse((message, data) => this.#button(message, data));
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  #press(at: number): void {
    // Without MOD_NOREPEAT a key that is held is reported again and again.
    if (this.#down !== null) return;
    this.#down = { since: at, seen: false, ups: 0 };
    this.#options.report({ type: 'press' });
  }

  #release(): void {
    this.#down = null;
    this.#options.report({ type: 'release' });
  }

  /** @returns true to keep the event from every app */
  #button(message: number, data: number): boolean {
    for (const target of [this.#listen, this.#cancel]) {
      if (!isButton(target) || (target.data !== null && target.data !== data)) continue;
      if (message === target.up && this.#kept.delete(target)) {
        if (target === this.#listen && this.#down !== null) this.#release();
        return true;
      }
      const active = target === this.#listen || this.#listening;
      if (message !== target.down || !active || this.#heldModifiers() !== target.modifiers) continue;
      this.#kept.add(target);
      if (target === this.#listen) this.#press(this.#options.now());
      else this.#options.report({ type: 'cancel' });
      return true;
    }
    return false;
  }

  #heldModifiers(): number {
    const { queue } = this.#options;
    return HELD.reduce((mask, [bit, key]) => (queue.isDown(key) ? mask | bit : mask), 0);
  }

  #letGo(): void {
    const { queue } = this.#options;
    if (this.#grabbed) queue.unregister(LISTEN);
    this.#setListening(false);
    this.#removeHook();
    if (this.#down !== null) this.#release();
  }

  /** Every movement of the mouse waits for a hook, so it stays no longer than a button may be ours. */
  #needsHook(): boolean {
    return isButton(this.#listen) || (this.#listening && isButton(this.#cancel)) || this.#kept.size > 0;
  }

  #removeHook(): void {
    this.#unhook?.();
    this.#unhook = null;
  }
}

function register(queue: InputQueue, id: number, target: Target): number {
  return isKey(target) ? queue.register(id, target.modifiers | NO_REPEAT, target.key) : 0;
}

function isKey(target: Target): target is WindowsKey {
  return target !== null && 'key' in target;
}

function isButton(target: Target): target is WindowsButton {
  return target !== null && 'down' in target;
}
