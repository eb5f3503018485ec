import type { Chord, Modifier } from '../chord.ts';
import { isTypingKey, keysymOf } from '../keysyms.ts';

/** A key as RegisterHotKey takes it. */
export interface WindowsKey {
  /** Virtual-key code. */
  key: number;
  /** MOD_* of winuser.h. */
  modifiers: number;
}

/** A mouse button as a low-level hook sees it. */
export interface WindowsButton {
  /** Messages of its press and release. */
  down: number;
  up: number;
  /** High word of the event's data, which tells one side button from the other; null: it does not matter. */
  data: number | null;
  modifiers: number;
}

/** Finds the key that writes a character in the keyboard layout in use, and the modifiers that it needs; null: none. */
type KeyFor = (character: string) => { key: number; shift: boolean; ctrl: boolean; alt: boolean } | null;

/** MOD_ALT, MOD_CONTROL, MOD_SHIFT and MOD_WIN. */
export const MODIFIERS: Readonly<Record<Modifier, number>> = { alt: 1, ctrl: 2, shift: 4, super: 8 };

/** Virtual-key codes of winuser.h, by the names of keysyms.ts. */
const KEYS: Readonly<Record<string, number>> = {
  space: 0x20,
  BackSpace: 0x08,
  Tab: 0x09,
  Return: 0x0d,
  Pause: 0x13,
  Caps_Lock: 0x14,
  Escape: 0x1b,
  Prior: 0x21,
  Next: 0x22,
  End: 0x23,
  Home: 0x24,
  Left: 0x25,
  Up: 0x26,
  Right: 0x27,
  Down: 0x28,
  Print: 0x2c,
  Insert: 0x2d,
  Delete: 0x2e,
  Help: 0x2f,
  Menu: 0x5d,
  XF86Sleep: 0x5f,
  KP_Multiply: 0x6a,
  KP_Add: 0x6b,
  KP_Subtract: 0x6d,
  KP_Decimal: 0x6e,
  KP_Divide: 0x6f,
  Num_Lock: 0x90,
  Scroll_Lock: 0x91,
  XF86Back: 0xa6,
  XF86Forward: 0xa7,
  XF86Search: 0xaa,
  XF86Favorites: 0xab,
  XF86HomePage: 0xac,
  XF86AudioMute: 0xad,
  XF86AudioLowerVolume: 0xae,
  XF86AudioRaiseVolume: 0xaf,
  XF86AudioNext: 0xb0,
  XF86AudioPrev: 0xb1,
  XF86AudioStop: 0xb2,
  XF86AudioPlay: 0xb3,
  XF86Mail: 0xb4,
  XF86AudioMedia: 0xb5,
  XF86MyComputer: 0xb6,
  XF86Calculator: 0xb7,
};
const VK_F1 = 0x70;
const VK_NUMPAD0 = 0x60;

const BY_KEYSYM = new Map(Object.entries(KEYS).map(([name, key]) => [keysymOf(name), key]));
for (let n = 1; n <= 24; n += 1) BY_KEYSYM.set(keysymOf(`F${n}`), VK_F1 + n - 1);
for (let n = 0; n <= 9; n += 1) BY_KEYSYM.set(keysymOf(`KP_${n}`), VK_NUMPAD0 + n);

/** WM_MBUTTON*, WM_RBUTTON* and WM_XBUTTON*, by the numbers of X. Windows tells apps about five buttons. */
const BUTTONS: Readonly<Record<number, Omit<WindowsButton, 'modifiers'>>> = {
  2: { down: 0x207, up: 0x208, data: null },
  3: { down: 0x204, up: 0x205, data: null },
  8: { down: 0x20b, up: 0x20c, data: 1 },
  9: { down: 0x20b, up: 0x20c, data: 2 },
};

/** Says why no keyboard or mouse can have this chord on Windows; null: one may. */
export function whyNotOnWindows(chord: Chord): string | null {
  if ('button' in chord) {
    return chord.button in BUTTONS
      ? null
      : `Windows reports no more than five mouse buttons, not ${chord.text}`;
  }
  const known = BY_KEYSYM.has(chord.keysym) || isCharacter(chord.keysym);
  return known ? null : `Windows has no hotkeys with the key of ${chord.text}`;
}

/** A chord with a mouse button as the hook sees it. @throws Error for a button that Windows does not report */
export function windowsButton({ button, modifiers }: Extract<Chord, { button: number }>): WindowsButton {
  const known = BUTTONS[button];
  if (known === undefined) throw new Error(`Windows reports no mouse button ${button}`);
  return { ...known, modifiers: maskOf(modifiers) };
}

/**
 * A chord as RegisterHotKey takes it; null: the keyboard layout lacks the key. A letter or digit names its key; any other
 * character names itself, so Ctrl+plus of an American keyboard has Shift.
 */
export function windowsKey(
  { keysym, modifiers }: Extract<Chord, { keysym: number }>,
  keyFor: KeyFor,
): WindowsKey | null {
  const mask = maskOf(modifiers);
  const known = BY_KEYSYM.get(keysym);
  if (known !== undefined) return { key: known, modifiers: mask };
  if (!isCharacter(keysym)) return null;
  const character = String.fromCharCode(keysym);
  // VK_0 to VK_9 and VK_A to VK_Z are the ASCII codes of the capitals.
  if (/[0-9a-z]/.test(character)) return { key: character.toUpperCase().charCodeAt(0), modifiers: mask };
  const found = keyFor(character);
  if (found === null) return null;
  const needed = [
    found.shift && MODIFIERS.shift,
    found.ctrl && MODIFIERS.ctrl,
    found.alt && MODIFIERS.alt,
  ] as const;
  return { key: found.key, modifiers: needed.reduce<number>((sum, bit) => sum | (bit || 0), mask) };
}

function maskOf(modifiers: ReadonlySet<Modifier>): number {
  return [...modifiers].reduce((mask, modifier) => mask | MODIFIERS[modifier], 0);
}

function isCharacter(keysym: number): boolean {
  return keysym <= 0xff && isTypingKey(keysym);
}
