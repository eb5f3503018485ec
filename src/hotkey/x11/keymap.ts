import type { XConnection } from '../../x11/connection.ts';
import type { Chord, Modifier } from '../chord.ts';
import { isKeypad } from '../keysyms.ts';

/** A key or a mouse button with the modifier mask it is grabbed with. */
export interface Combination {
  /** Its keycode, or the number of the button. */
  keycode: number;
  /** Bits of the X modifiers: 1 Shift, 2 Lock, 4 Control, 8-128 Mod1-Mod5. */
  mask: number;
}

/** The keyboard as the X server describes it. */
export interface Keymap {
  firstKeycode: number;
  /** Keysyms of each keycode from `firstKeycode` on: group 1 plain and shifted, group 2 plain and shifted, then the rest. */
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
/** ISO_Level3_Shift: AltGr. */
const LEVEL_3 = [0xfe03];

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
  if ('button' in chord) return locks.map((lock) => ({ keycode: chord.button, mask: mask | lock }));
  return placesOf(chord.keysym, keymap).flatMap((place) =>
    locks.map((lock) => ({ keycode: place.keycode, mask: mask | place.mask | lock })),
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

/** A key on which a keysym was found, and the modifiers that it takes to get it there. */
interface Place {
  keycode: number;
  mask: number;
}

/**
 * Where the keysym is, in the first keyboard group or else in the next (the Latin keys of a Cyrillic layout, say), on
 * the plain level or else on a higher one. A letter or digit names its key: on a French or Czech keyboard, where digits
 * are shifted, Ctrl+1 is that key without Shift. Any other sign names itself: Ctrl+plus of an American keyboard has
 * Shift, and a bracket of a German one AltGr. A keypad digit is on the shifted level, which Num Lock selects. The usual
 * layouts give the keys F13-F24 other meanings (XF86Tools, XF86Launch5 ...; xkeyboard-config 2.35): then it is the
 * key that a keyboard sends for F13 itself.
 */
function placesOf(keysym: number, keymap: Keymap): Place[] {
  const { firstKeycode, keysyms } = keymap;
  const columns = Math.max(0, ...keysyms.map((row) => row.length));
  for (const column of byPreference(columns)) {
    const rows = keysyms.flatMap((row, index) => (row[column] === keysym ? [{ row, index }] : []));
    const found = rows.flatMap(({ row, index }) => {
      const mask = namesItsKey(keysym) ? 0 : levelMask(column, row, keymap);
      return mask === undefined ? [] : [{ keycode: firstKeycode + index, mask }];
    });
    if (found.length > 0) return found;
  }
  return keysym >= F13 && keysym <= F24 ? [{ keycode: KEYCODE_F13 + keysym - F13, mask: 0 }] : [];
}

/** The plain levels of the first two groups, then the shifted ones, then higher levels and further groups. */
function byPreference(columns: number): number[] {
  const all = Array.from({ length: columns }, (_, column) => column);
  const even = (column: number): boolean => column % 2 === 0;
  return [
    ...all.filter((column) => column < 4 && even(column)),
    ...all.filter((column) => column < 4 && !even(column)),
    ...all.filter((column) => column >= 4),
  ];
}

/** Letters, digits and what is on the keypad: everybody knows them by the key. */
function namesItsKey(keysym: number): boolean {
  return isKeypad(keysym) || /^[0-9a-z]$/.test(String.fromCharCode(keysym));
}

/**
 * What must be held for the level of a column. The first four are group 1 plain and shifted, group 2 plain and shifted;
 * then come the levels 3 and 4 of a key, or its third group, which only a key with one group tells apart: the X server
 * shows that twice. undefined: the keyboard has no AltGr.
 */
function levelMask(column: number, row: readonly number[], keymap: Keymap): number | undefined {
  const shift = column % 2 === 1 ? SHIFT : 0;
  const oneGroup = row[0] === row[2] && row[1] === row[3];
  if (column < 4 || !oneGroup) return shift;
  const altGr = modifierBit(LEVEL_3, keymap);
  return altGr === undefined ? undefined : shift | altGr;
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
