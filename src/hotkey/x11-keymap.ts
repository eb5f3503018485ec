import type { XConnection } from '../x11/connection.ts';
import type { Chord, Modifier } from './chord.ts';
import { isKeypad } from './keysyms.ts';

/** A keycode with the modifier mask it is grabbed with. */
export interface Combination {
  keycode: number;
  /** Bits of the X modifiers: 1 Shift, 2 Lock, 4 Control, 8-128 Mod1-Mod5. */
  mask: number;
}

/** The keyboard as the X server describes it. */
export interface Keymap {
  firstKeycode: number;
  /** Keysyms of each keycode from `firstKeycode` on: group 1 plain and shifted, group 2 plain and shifted, ... */
  keysyms: number[][];
  /** Keycodes of the eight modifiers Shift, Lock, Control, Mod1-Mod5; 0 is none. */
  modifiers: number[][];
}

const SHIFT = 1;
const LOCK = 2;
const CONTROL = 4;
const MOD1 = 8;
const MOD4 = 64;

// Keysyms (X11/keysymdef.h), and the evdev keycode of the key F13: KEY_F13 of Linux plus 8; F24 is 11 more.
const F13 = 0xffca;
const F24 = 0xffd5;
const KEYCODE_F13 = 191;
const NUM_LOCK = [0xff7f];
const ALT = [0xffe9, 0xffea];
const SUPER = [0xffeb, 0xffec];

/** Asks the server for the present keyboard. */
export async function loadKeymap(connection: XConnection): Promise<Keymap> {
  const { client, display } = connection;
  const firstKeycode = display.min_keycode;
  const count = display.max_keycode - firstKeycode + 1;
  const [keysyms, modifiers] = await Promise.all([
    connection.ask<number[][]>((done) => client.GetKeyboardMapping(firstKeycode, count, done)),
    connection.ask<number[][]>((done) => client.GetModifierMapping(done)),
  ]);
  return { firstKeycode, keysyms, modifiers };
}

/**
 * Every combination that stands for the chord: each keycode that has the key, with and without Caps Lock and
 * Num Lock, which X counts as modifiers. Empty when the keyboard layout lacks the key.
 */
export function combinationsOf(chord: Chord, keymap: Keymap): Combination[] {
  const mask = maskOf(chord, keymap);
  const locks = lockMasks(keymap);
  return keycodesOf(chord.keysym, keymap).flatMap((keycode) =>
    locks.map((lock) => ({ keycode, mask: mask | lock })),
  );
}

/** The chord's modifiers as X bits. */
export function maskOf(chord: Chord, keymap: Keymap): number {
  const bits: Readonly<Record<Modifier, number>> = {
    shift: SHIFT,
    ctrl: CONTROL,
    alt: modifierBit(ALT, keymap) ?? MOD1,
    super: modifierBit(SUPER, keymap) ?? MOD4,
  };
  return [...chord.modifiers].reduce((mask, modifier) => mask | bits[modifier], 0);
}

/** The subsets of Caps Lock and Num Lock: four, or two on a keyboard without Num Lock. */
function lockMasks(keymap: Keymap): number[] {
  const numLock = modifierBit(NUM_LOCK, keymap);
  return numLock === undefined ? [0, LOCK] : [0, LOCK, numLock, LOCK | numLock];
}

/**
 * Keycodes that give the keysym unshifted, in the first keyboard group or else in the second (the Latin keys
 * of a Cyrillic layout, say). A keypad digit is on the shifted level, which Num Lock selects. The usual layouts
 * give the keys F13-F24 other meanings (XF86Tools, XF86Launch5 ...; xkeyboard-config 2.35): then it is the
 * key that a keyboard sends for F13 itself.
 */
function keycodesOf(keysym: number, { firstKeycode, keysyms }: Keymap): number[] {
  const columns = isKeypad(keysym) ? [0, 1, 2, 3] : [0, 2];
  for (const column of columns) {
    const found = keysyms.flatMap((row, index) => (row[column] === keysym ? [firstKeycode + index] : []));
    if (found.length > 0) return found;
  }
  return keysym >= F13 && keysym <= F24 ? [KEYCODE_F13 + keysym - F13] : [];
}

/** The bit of the first of Mod1-Mod5 that one of these keysyms is on. */
function modifierBit(wanted: number[], { firstKeycode, keysyms, modifiers }: Keymap): number | undefined {
  const index = modifiers.findIndex(
    (keycodes, modifier) =>
      modifier >= 3 &&
      keycodes.some((keycode) => keysyms[keycode - firstKeycode]?.some((keysym) => wanted.includes(keysym))),
  );
  return index < 0 ? undefined : 1 << index;
}
