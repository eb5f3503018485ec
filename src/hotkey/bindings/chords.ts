import type { Chord, Modifier } from '../chord.ts';
import { BINDSYM_MODIFIERS, swayFlags } from '../compositors/sway-chord.ts';
import { xkbNameOf } from '../keysyms.ts';

type Names = Readonly<Record<Modifier, string>>;

/** Buttons as linux/input-event-codes.h numbers them, by their number in X. */
const EVDEV_BUTTONS: Readonly<Record<number, number>> = {
  2: 274,
  3: 273,
  8: 275,
  9: 276,
  10: 277,
  11: 278,
  12: 279,
};
const NIRI_BUTTONS: Readonly<Record<number, string>> = {
  2: 'MouseMiddle',
  3: 'MouseRight',
  8: 'MouseBack',
  9: 'MouseForward',
};

function modifiersOf({ modifiers }: Chord, names: Names): string[] {
  return [...modifiers].map((each) => names[each]);
}

/** Modifiers and key as Hyprland has them: `mouse:275` is the button with that code. */
export function hyprlandParts(chord: Chord): { modifiers: string[]; key: string } {
  const names = { ctrl: 'CTRL', alt: 'ALT', shift: 'SHIFT', super: 'SUPER' };
  const key = 'button' in chord ? `mouse:${EVDEV_BUTTONS[chord.button]}` : xkbNameOf(chord.keysym);
  return { modifiers: modifiersOf(chord, names), key };
}

/** A chord as `bindsym` of i3 and sway takes it, with the options before it. */
export function bindsymChord(chord: Chord): string {
  const key = 'button' in chord ? `button${chord.button}` : xkbNameOf(chord.keysym);
  return `${swayFlags(chord)}${[...modifiersOf(chord, BINDSYM_MODIFIERS), key].join('+')}`;
}

/** A chord as `riverctl map` takes it; null: river maps no command to a mouse button. */
export function riverChord(chord: Chord): string | null {
  if ('button' in chord) return null;
  const names = { ctrl: 'Control', alt: 'Alt', shift: 'Shift', super: 'Super' };
  return `${modifiersOf(chord, names).join('+') || 'None'} ${xkbNameOf(chord.keysym)}`;
}

/** A chord as niri writes it; null: it has no name for this mouse button. */
export function niriChord(chord: Chord): string | null {
  const names = { ctrl: 'Ctrl', alt: 'Alt', shift: 'Shift', super: 'Super' };
  const key = 'button' in chord ? NIRI_BUTTONS[chord.button] : xkbNameOf(chord.keysym);
  return key === undefined ? null : [...modifiersOf(chord, names), key].join('+');
}

/** A chord as COSMIC writes it; null: it binds no mouse buttons. */
export function cosmicChord(chord: Chord): string | null {
  if ('button' in chord) return null;
  const names = { ctrl: 'Ctrl', alt: 'Alt', shift: 'Shift', super: 'Super' };
  return `(modifiers: [${modifiersOf(chord, names).join(', ')}], key: "${xkbNameOf(chord.keysym)}")`;
}

/** A chord as labwc writes it; null: its buttons are bound to parts of windows. */
export function labwcChord(chord: Chord): string | null {
  if ('button' in chord) return null;
  const names = { ctrl: 'C', alt: 'A', shift: 'S', super: 'W' };
  return [...modifiersOf(chord, names), xkbNameOf(chord.keysym)].join('-');
}
