import { VoiceError } from '../errors.ts';
import { isTypingKey, keysymOf } from './keysyms.ts';

/** A modifier by its meaning; its bit depends on the keyboard. */
export type Modifier = 'ctrl' | 'alt' | 'shift' | 'super';

interface WithModifiers {
  /** As it was written, for messages. */
  readonly text: string;
  readonly modifiers: ReadonlySet<Modifier>;
}

/** One key with the modifiers that are held with it. */
export interface KeyChord extends WithModifiers {
  /** X keysym (X11/keysymdef.h). */
  readonly keysym: number;
}

/** One mouse button with the modifiers that are held with it. */
interface MouseChord extends WithModifiers {
  /** As X numbers them: 1 left, 2 middle, 3 right, 8 back, 9 forward. */
  readonly button: number;
}

export type Chord = KeyChord | MouseChord;

const MODIFIERS: Readonly<Record<string, Modifier>> = {
  ctrl: 'ctrl',
  control: 'ctrl',
  alt: 'alt',
  shift: 'shift',
  super: 'super',
  meta: 'super',
  win: 'super',
};

/** What `parseChord` takes, for messages and documentation. */
const CHORD_FORMS =
  'Write modifiers and one key joined by +, e.g. "Ctrl+Alt+Space": modifiers Ctrl, Alt, Shift, Super; keys A-Z, 0-9, F1-F35, ' +
  'Space, Escape, Tab, Enter, Insert, Delete, Home, End, PageUp, PageDown, Left, Right, Up, Down, Pause, ' +
  'ScrollLock, PrintScreen, Menu, punctuation (comma or ,), KP_0-KP_9, RightCtrl, RightAlt, a media key such as XF86AudioPlay, ' +
  'or a mouse button: Mouse8 (back), Mouse9 (forward), Mouse10-Mouse12, and with a modifier Mouse2 (middle) and Mouse3 (right).';

/** The side buttons of a mouse. Buttons 4 to 7 are its wheel. */
const SIDE_BUTTONS = { first: 8, last: 12 } as const;

/**
 * Reads a chord such as `Ctrl+Alt+Space`, in any case.
 * @throws VoiceError `hotkey-invalid` with the allowed forms
 */
export function parseChord(text: string): Chord {
  const written = text.trim();
  // "Ctrl++" and "+" end in the key plus.
  const withPlus = /^(?:(.*)\+)?\s*\+$/.exec(written);
  const parts = withPlus ? [...(withPlus[1] ?? '').split('+').filter(Boolean), 'plus'] : written.split('+');
  const names = parts.map((part) => part.trim());
  const key = names.pop() ?? '';
  const modifiers = new Set<Modifier>();
  for (const name of names) {
    const modifier = modifierOf(name);
    if (modifier === undefined) throw invalid(text, `"${name}" is not a modifier`);
    modifiers.add(modifier);
  }
  if (key === '') throw invalid(text, 'a key is missing');
  if (modifierOf(key) !== undefined) throw invalid(text, `a key is missing after "${key}"`);
  const bare = modifiers.size === 0 || (modifiers.size === 1 && modifiers.has('shift'));
  const [, digits] = /^mouse(\d{1,3})$/i.exec(key) ?? [];
  if (digits !== undefined) {
    const button = Number(digits);
    const why = whyNotButton(button, bare);
    if (why !== null) throw invalid(text, `"${written}" ${why}`);
    return { text: written, modifiers, button };
  }
  const keysym = keysymOf(key);
  if (keysym === undefined) throw invalid(text, `"${key}" is not a key`);
  if (bare && isTypingKey(keysym)) {
    throw invalid(text, `"${written}" would take a typing key from every app; it needs Ctrl, Alt or Super`);
  }
  return { text: written, modifiers, keysym };
}

/** Do two chords take the same key with the same modifiers? */
export function sameChord(one: Chord, other: Chord): boolean {
  const same =
    'button' in one
      ? 'button' in other && one.button === other.button
      : 'keysym' in other && one.keysym === other.keysym;
  if (!same || one.modifiers.size !== other.modifiers.size) return false;
  return [...one.modifiers].every((modifier) => other.modifiers.has(modifier));
}

/** @param bare without Ctrl, Alt or Super @returns why no hotkey can have a mouse button; null: it can */
function whyNotButton(button: number, bare: boolean): string | null {
  if (button >= SIDE_BUTTONS.first && button <= SIDE_BUTTONS.last) return null;
  if (button === 1) return 'would take the left mouse button from every app';
  if (button >= 4 && button <= 7) return 'is the wheel of the mouse, which is never held down';
  if (button !== 2 && button !== 3) return 'is not a mouse button that the desktops have';
  if (!bare) return null;
  return `would take the ${button === 2 ? 'middle' : 'right'} mouse button from every app; it needs Ctrl, Alt or Super`;
}

function modifierOf(name: string): Modifier | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(MODIFIERS, key) ? MODIFIERS[key] : undefined;
}

function invalid(text: string, why: string): VoiceError {
  return new VoiceError('hotkey-invalid', `"${text}" is not a key combination: ${why}.`, CHORD_FORMS);
}
