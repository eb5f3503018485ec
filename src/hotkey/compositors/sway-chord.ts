import type { Chord, Modifier } from '../chord.ts';
import { keysymOf } from '../keysyms.ts';

/** What `bindsym` of sway and i3 calls a modifier: sway(5). */
export const BINDSYM_MODIFIERS: Readonly<Record<Modifier, string>> = {
  ctrl: 'Ctrl',
  alt: 'Mod1',
  shift: 'Shift',
  super: 'Mod4',
};

/** What its users may call it, in lower case. */
const MODIFIERS: Readonly<Record<string, Modifier>> = {
  ctrl: 'ctrl',
  control: 'ctrl',
  mod1: 'alt',
  alt: 'alt',
  shift: 'shift',
  mod4: 'super',
  super: 'super',
  logo: 'super',
};

/** Mouse buttons by the names of linux/input-event-codes.h, with the numbers of X. */
const BUTTONS: Readonly<Record<string, number>> = {
  BTN_MIDDLE: 2,
  BTN_RIGHT: 3,
  BTN_SIDE: 8,
  BTN_EXTRA: 9,
  BTN_FORWARD: 10,
  BTN_BACK: 11,
  BTN_TASK: 12,
};

/** A chord as `bindsym` takes it. The key is written as its number: it has several names. */
export function swayChord(chord: Chord): string {
  const key =
    'button' in chord
      ? Object.keys(BUTTONS).find((name) => BUTTONS[name] === chord.button)
      : `0x${chord.keysym.toString(16)}`;
  return [...[...chord.modifiers].map((each) => BINDSYM_MODIFIERS[each]), key].join('+');
}

/** What `bindsym` and `unbindsym` need before a chord: a mouse button counts wherever the pointer is in a window. */
export function swayFlags(chord: Chord): string {
  return 'button' in chord ? '--whole-window ' : '';
}

/**
 * The line of the user's configuration that binds a chord in any of its modes; null: none. sway itself overwrites the
 * binding of a user without a word.
 * @param config text of the configuration, with includes where sway gives them
 */
export function bindingOf(chord: Chord, config: string): string | null {
  const variables = new Map<string, string>();
  for (const line of config.replace(/\\\n/g, ' ').split('\n')) {
    const [, name, value] = /^\s*set\s+(\$\S+)\s+(.+?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) variables.set(name, expand(value, variables));
    const [, written] = /^\s*bindsym\s+(?:--\S+\s+)*(\S+)/.exec(expand(line, variables)) ?? [];
    if (written !== undefined && isSame(chord, written)) return line.trim();
  }
  return null;
}

/** Longer names first: `$mod` is the beginning of `$modifier`. */
function expand(text: string, variables: ReadonlyMap<string, string>): string {
  const names = [...variables.keys()].toSorted((a, b) => b.length - a.length);
  return names.reduce((done, name) => done.replaceAll(name, variables.get(name) ?? ''), text);
}

function isSame(chord: Chord, written: string): boolean {
  const parts = written.split('+').filter(Boolean);
  const modifiers = new Set<Modifier>();
  let key = '';
  for (const part of parts) {
    const modifier = MODIFIERS[part.toLowerCase()];
    if (modifier !== undefined) modifiers.add(modifier);
    else key = part;
  }
  return (
    isSameKey(chord, key) &&
    modifiers.size === chord.modifiers.size &&
    [...modifiers].every((modifier) => chord.modifiers.has(modifier))
  );
}

function isSameKey(chord: Chord, key: string): boolean {
  if ('keysym' in chord) return keysymOf(key) === chord.keysym;
  return BUTTONS[key.toUpperCase()] === chord.button || key.toLowerCase() === `button${chord.button}`;
}
