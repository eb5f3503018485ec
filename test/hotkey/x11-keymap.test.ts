import { describe, expect, it } from 'vitest';
import { parseChord } from '../../src/hotkey/chord.ts';
import { combinationsOf, type Keymap, maskOf } from '../../src/hotkey/x11/keymap.ts';

/** A keyboard from keycode 10 on; modifier rows are Shift, Lock, Control, Mod1-Mod5. */
function keymap(keysyms: number[][], modifiers: Partial<Record<number, number[]>> = {}): Keymap {
  return {
    firstKeycode: 10,
    keysyms,
    modifiers: Array.from({ length: 8 }, (_, index) => modifiers[index] ?? [0]),
  };
}

const SPACE = [0x20, 0];
const NUM_LOCK = [0xff7f, 0];
const ALT_L = [0xffe9, 0xffe7];
const SUPER_L = [0xffeb, 0];

describe('combinationsOf', () => {
  it('has the four lock variants, with Num Lock where the keyboard has it', () => {
    const usual = keymap([SPACE, NUM_LOCK, ALT_L], { 3: [12], 4: [11, 0] });
    expect(combinationsOf(parseChord('Ctrl+Alt+Space'), usual)).toEqual(
      [12, 14, 28, 30].map((mask) => ({ keycode: 10, mask })),
    );
    const odd = keymap([SPACE, NUM_LOCK, ALT_L], { 3: [12], 7: [0, 11] });
    expect(combinationsOf(parseChord('Ctrl+Alt+Space'), odd).map(({ mask }) => mask)).toEqual([
      12, 14, 140, 142,
    ]);
  });

  it('has two variants on a keyboard without Num Lock', () => {
    const { length } = combinationsOf(parseChord('Ctrl+Space'), keymap([SPACE]));
    expect(length).toBe(2);
  });

  it('has every keycode of the key', () => {
    const found = combinationsOf(parseChord('XF86AudioPlay'), keymap([[0x1008ff14], [0], [0x1008ff14]]));
    expect(found.map(({ keycode }) => keycode)).toEqual([10, 10, 12, 12]);
  });

  it('prefers the first keyboard group, and falls back on the second', () => {
    const chord = parseChord('Ctrl+a');
    const cyrillic = [0x6c6, 0x6e6, 0x61, 0x41];
    expect(combinationsOf(chord, keymap([cyrillic, [0x61, 0x41]]))[0]?.keycode).toBe(11);
    expect(combinationsOf(chord, keymap([[0], cyrillic]))[0]?.keycode).toBe(11);
  });

  it('finds a keypad digit on the level of Num Lock, and holds Shift for a sign that is shifted', () => {
    const keyboard = keymap([
      [0xff9d, 0xffb5],
      [0x31, 0x21],
      [0x3d, 0x2b],
    ]);
    expect(combinationsOf(parseChord('Ctrl+KP_5'), keyboard)[0]?.keycode).toBe(10);
    expect(combinationsOf(parseChord('Ctrl+plus'), keyboard)[0]).toEqual({ keycode: 12, mask: 4 | 1 });
    expect(combinationsOf(parseChord('Ctrl+Shift+plus'), keyboard)[0]).toEqual({ keycode: 12, mask: 4 | 1 });
  });
});

it('takes a digit by its key where it is shifted (French, Czech)', () => {
  const french = keymap([
    [0x26, 0x31, 0x26, 0x31, 0xb9, 0xa1],
    [0xe9, 0x32, 0xe9, 0x32],
  ]);
  expect(combinationsOf(parseChord('Ctrl+1'), french)[0]).toEqual({ keycode: 10, mask: 4 });
  expect(combinationsOf(parseChord('Ctrl+Alt+2'), french)[0]).toEqual({ keycode: 11, mask: 4 | 8 });
});

it('takes a letter of a third group, and a sign of the third level with AltGr', () => {
  const third = keymap([[0x6ca, 0x6ea, 0x7f1, 0x7d1, 0x71, 0x51]]);
  expect(combinationsOf(parseChord('Ctrl+q'), third)[0]).toEqual({ keycode: 10, mask: 4 });
  const german = [0x38, 0x28, 0x38, 0x28, 0x5b, 0x2122];
  const withAltGr = keymap([german, [0xfe03]], { 7: [11] });
  expect(combinationsOf(parseChord('Ctrl+['), withAltGr)[0]).toEqual({ keycode: 10, mask: 4 | 128 });
  expect(combinationsOf(parseChord('Ctrl+['), keymap([german]))).toEqual([]);
});

it('takes the key that sends F13 where the layout gives it another meaning', () => {
  expect(combinationsOf(parseChord('F13'), keymap([[0x20]]))[0]?.keycode).toBe(191);
  expect(combinationsOf(parseChord('F24'), keymap([[0x20]]))[0]?.keycode).toBe(202);
  expect(combinationsOf(parseChord('F13'), keymap([[0xffca]]))[0]?.keycode).toBe(10);
  expect(combinationsOf(parseChord('F25'), keymap([[0x20]]))).toEqual([]);
});

describe('maskOf', () => {
  it('takes Alt and Super from the modifier that has them', () => {
    const keyboard = keymap([ALT_L, SUPER_L], { 5: [10], 6: [11] });
    expect(maskOf(parseChord('Alt+Super+F1'), keyboard)).toBe(32 | 64);
    expect(maskOf(parseChord('Ctrl+Shift+F1'), keyboard)).toBe(4 | 1);
  });

  it('uses Mod1 and Mod4 on a keyboard without them', () => {
    expect(maskOf(parseChord('Alt+Super+F1'), keymap([]))).toBe(8 | 64);
  });
});
