import { VoiceError } from '../../errors.ts';
import type { Chord, Modifier } from '../chord.ts';

/** A key as RegisterEventHotKey takes it. */
interface CarbonKey {
  /** kVK_* of HIToolbox/Events.h: the place of a key on an ANSI keyboard, whatever the layout writes there. */
  code: number;
  modifiers: number;
}

/** HIToolbox/Events.h: controlKey, optionKey, shiftKey, cmdKey. */
const MODIFIERS: Readonly<Record<Modifier, number>> = {
  ctrl: 0x1000,
  alt: 0x800,
  shift: 0x200,
  super: 0x100,
};

/** kVK_ANSI_*: letters, digits and punctuation by what a US keyboard writes. */
const ANSI: Readonly<Record<string, number>> = {
  a: 0x00,
  s: 0x01,
  d: 0x02,
  f: 0x03,
  h: 0x04,
  g: 0x05,
  z: 0x06,
  x: 0x07,
  c: 0x08,
  v: 0x09,
  b: 0x0b,
  q: 0x0c,
  w: 0x0d,
  e: 0x0e,
  r: 0x0f,
  y: 0x10,
  t: 0x11,
  '1': 0x12,
  '2': 0x13,
  '3': 0x14,
  '4': 0x15,
  '6': 0x16,
  '5': 0x17,
  '=': 0x18,
  '+': 0x18,
  '9': 0x19,
  '7': 0x1a,
  '-': 0x1b,
  '8': 0x1c,
  '0': 0x1d,
  ']': 0x1e,
  o: 0x1f,
  u: 0x20,
  '[': 0x21,
  i: 0x22,
  p: 0x23,
  l: 0x25,
  j: 0x26,
  "'": 0x27,
  k: 0x28,
  ';': 0x29,
  '\\': 0x2a,
  ',': 0x2b,
  '<': 0x2b,
  '/': 0x2c,
  n: 0x2d,
  m: 0x2e,
  '.': 0x2f,
  ' ': 0x31,
  '`': 0x32,
};

/** kVK_F1 to kVK_F20. */
const FUNCTION_KEYS = [
  0x7a, 0x78, 0x63, 0x76, 0x60, 0x61, 0x62, 0x64, 0x65, 0x6d, 0x67, 0x6f, 0x69, 0x6b, 0x71, 0x6a, 0x40, 0x4f,
  0x50, 0x5a,
] as const;
const F1 = 0xffbe;

/** kVK_ANSI_Keypad0 to 9. */
const KEYPAD = [0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5b, 0x5c] as const;
const KP_0 = 0xffb0;

/** Other keys, by their X keysym. */
const NAMED: ReadonlyMap<number, number> = new Map([
  [0xff08, 0x33], // BackSpace: kVK_Delete
  [0xff09, 0x30], // Tab
  [0xff0d, 0x24], // Return
  [0xff1b, 0x35], // Escape
  [0xffff, 0x75], // Delete: kVK_ForwardDelete
  [0xff63, 0x72], // Insert: kVK_Help, which is in its place
  [0xff6a, 0x72], // Help
  [0xff50, 0x73], // Home
  [0xff57, 0x77], // End
  [0xff55, 0x74], // Prior
  [0xff56, 0x79], // Next
  [0xff51, 0x7b], // Left
  [0xff53, 0x7c], // Right
  [0xff54, 0x7d], // Down
  [0xff52, 0x7e], // Up
  [0xff67, 0x6e], // Menu: kVK_ContextualMenu
  // A keyboard for PCs sends these for the keys at the right of F12.
  [0xff61, 0x69], // Print: kVK_F13
  [0xff14, 0x6b], // Scroll_Lock: kVK_F14
  [0xff13, 0x71], // Pause: kVK_F15
  [0xff8d, 0x4c], // KP_Enter
  [0xffaa, 0x43], // KP_Multiply
  [0xffab, 0x45], // KP_Add
  [0xffad, 0x4e], // KP_Subtract
  [0xffae, 0x41], // KP_Decimal
  [0xffaf, 0x4b], // KP_Divide
]);

/**
 * Returns the key code of a chord. After HIToolbox/Events.h.
 * @throws VoiceError `hotkey-unavailable` for a mouse button, and for a key that macOS does not have
 */
export function carbonKey(chord: Chord): CarbonKey {
  if ('button' in chord)
    throw notOnMac(
      chord,
      'macOS lets no program take a mouse button from every app without more permissions',
    );
  const code = codeOf(chord.keysym);
  if (code === undefined) throw notOnMac(chord, 'a Mac has no such key, or does not let programs take it');
  let modifiers = 0;
  for (const modifier of chord.modifiers) modifiers |= MODIFIERS[modifier];
  return { code, modifiers };
}

function codeOf(keysym: number): number | undefined {
  if (keysym <= 0x7f) return ANSI[String.fromCharCode(keysym)];
  return NAMED.get(keysym) ?? FUNCTION_KEYS[keysym - F1] ?? KEYPAD[keysym - KP_0];
}

function notOnMac({ text }: Chord, why: string): VoiceError {
  return new VoiceError(
    'hotkey-unavailable',
    `${text} cannot be a global hotkey: ${why}.`,
    'Choose another key under [hotkey] in config.toml, for example "Ctrl+Alt+Space".',
  );
}
