import { VoiceError } from '../errors.ts';
import { isTypingKey, keysymOf } from './keysyms.ts';

/** A modifier by its meaning; its bit depends on the keyboard. */
export type Modifier = 'ctrl' | 'alt' | 'shift' | 'super';

/** One key with the modifiers that are held with it. */
export interface Chord {
  /** As it was written, for messages. */
  readonly text: string;
  readonly modifiers: ReadonlySet<Modifier>;
  /** X keysym (X11/keysymdef.h). */
  readonly keysym: number;
}

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
export const CHORD_FORMS =
  'Write modifiers and one key joined by +, e.g. "Ctrl+Alt+Space": modifiers Ctrl, Alt, Shift, Super; keys A-Z, 0-9, F1-F35, ' +
  'Space, Escape, Tab, Enter, Insert, Delete, Home, End, PageUp, PageDown, Left, Right, Up, Down, Pause, ' +
  'ScrollLock, PrintScreen, Menu, punctuation (comma or ,), KP_0-KP_9, RightCtrl, RightAlt, or a media key such as XF86AudioPlay.';

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
  const keysym = keysymOf(key);
  if (keysym === undefined) throw invalid(text, `"${key}" is not a key`);
  const bare = modifiers.size === 0 || (modifiers.size === 1 && modifiers.has('shift'));
  if (bare && isTypingKey(keysym)) {
    throw invalid(text, `"${written}" would take a typing key from every app; it needs Ctrl, Alt or Super`);
  }
  return { text: written, modifiers, keysym };
}

/** Do two chords take the same key with the same modifiers? */
export function sameChord(one: Chord, other: Chord): boolean {
  if (one.keysym !== other.keysym || one.modifiers.size !== other.modifiers.size) return false;
  return [...one.modifiers].every((modifier) => other.modifiers.has(modifier));
}

function modifierOf(name: string): Modifier | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(MODIFIERS, key) ? MODIFIERS[key] : undefined;
}

function invalid(text: string, why: string): VoiceError {
  return new VoiceError('hotkey-invalid', `"${text}" is not a key combination: ${why}.`, CHORD_FORMS);
}
