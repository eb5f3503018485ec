import { type Chord, type KeyChord, type Modifier, parseChord } from './chord.ts';
import { keysymOf, xkbNameOf } from './keysyms.ts';

/** Modifiers as the shortcuts specification of freedesktop.org writes them. */
const NAMES: Readonly<Record<Modifier, string>> = { ctrl: 'CTRL', alt: 'ALT', shift: 'SHIFT', super: 'LOGO' };

/** Qt::KeyboardModifier, and the keys of Qt::Key that are not their Latin-1 capital. */
const QT_MODIFIERS: Readonly<Record<Modifier, number>> = {
  shift: 0x0200_0000,
  ctrl: 0x0400_0000,
  alt: 0x0800_0000,
  super: 0x1000_0000,
};
const QT_F1 = 0x0100_0030;
const QT_KEYS: Readonly<Record<string, number>> = {
  Escape: 0x0100_0000,
  Tab: 0x0100_0001,
  BackSpace: 0x0100_0003,
  Return: 0x0100_0004,
  Insert: 0x0100_0006,
  Delete: 0x0100_0007,
  Pause: 0x0100_0008,
  Print: 0x0100_0009,
  Home: 0x0100_0010,
  End: 0x0100_0011,
  Left: 0x0100_0012,
  Up: 0x0100_0013,
  Right: 0x0100_0014,
  Down: 0x0100_0015,
  Prior: 0x0100_0016,
  Next: 0x0100_0017,
};

/** A chord as the portal takes it: `CTRL+ALT+space`. */
export function triggerOf({ modifiers, keysym }: KeyChord): string {
  return [...[...modifiers].map((each) => NAMES[each]), xkbNameOf(keysym)].join('+');
}

/** A chord as Qt counts it; null: the table lacks its key. */
export function qtKeyOf({ modifiers, keysym }: KeyChord): number | null {
  const f1 = keysymOf('F1') ?? 0;
  const functionKey = keysym >= f1 && keysym < f1 + 35 ? QT_F1 + keysym - f1 : undefined;
  const latin = keysym <= 0xff ? (String.fromCharCode(keysym).toUpperCase().codePointAt(0) ?? 0) : undefined;
  const key = QT_KEYS[xkbNameOf(keysym)] ?? functionKey ?? latin;
  return key === undefined ? null : [...modifiers].reduce((sum, each) => sum + QT_MODIFIERS[each], key);
}

/** Modifiers of GTK as people write them. */
const GTK_MODIFIERS: Readonly<Record<string, string>> = {
  Control: 'Ctrl',
  Primary: 'Ctrl',
  Meta: 'Super',
};

/**
 * Returns the key in a desktop's own words for it: KDE says `Meta+F9`, and GNOME 48 `Press <Control><Alt>space` in the
 * user's language. Other words are returned as they are.
 */
export function keyOfDescription(description: string): string {
  const [, modifiers = '', key = ''] = /((?:<\w+>)+)(\S+)$/.exec(description) ?? [];
  if (key === '') return description;
  const names = [...modifiers.matchAll(/\w+/g)].map(([name]) => GTK_MODIFIERS[name] ?? name);
  return [...names, key.slice(0, 1).toUpperCase() + key.slice(1)].join('+');
}

/** Returns the chord of a key such as `Meta+F9`; null when it is none. */
export function chordOfDescription(key: string): KeyChord | null {
  try {
    const chord = parseChord(key);
    return 'button' in chord ? null : chord;
  } catch {
    return null;
  }
}

/**
 * The key that cancels where keys are bound once and not only while somebody listens: it must not be one that other
 * programs need, such as Escape alone. A mouse button is replaced, too: a portal gives none.
 */
export function standingCancel(listen: KeyChord, cancel: Chord): KeyChord {
  const bare = [...cancel.modifiers].every((modifier) => modifier === 'shift');
  if (!bare && 'keysym' in cancel) return cancel;
  const text = listen.modifiers.has('shift') ? listen.text.replace(/shift\+/i, '') : `Shift+${listen.text}`;
  return { ...listen, ...parseChord(text) };
}
