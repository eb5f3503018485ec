import { expect, it } from 'vitest';
import { parseChord } from '../../src/hotkey/chord.ts';
import { whyNotOnWindows, windowsButton, windowsKey } from '../../src/hotkey/windows/keys.ts';
import { FakeInputQueue } from '../support/fake-input-queue.ts';

const queue = new FakeInputQueue();

function keyOf(text: string) {
  const chord = parseChord(text);
  if ('button' in chord) throw new Error(`${text} is a button`);
  return windowsKey(chord, (character) => queue.keyFor(character));
}

it.each([
  ['Ctrl+Alt+Space', 0x20, 3],
  ['Super+Shift+F23', 0x86, 12],
  ['F1', 0x70, 0],
  ['F24', 0x87, 0],
  ['Escape', 0x1b, 0],
  ['Ctrl+Alt+v', 0x56, 3],
  ['Ctrl+Shift+7', 0x37, 6],
  ['Ctrl+KP_0', 0x60, 2],
  ['XF86AudioPlay', 0xb3, 0],
  ['PrintScreen', 0x2c, 0],
  ['Menu', 0x5d, 0],
  ['Ctrl+,', 0xbc, 2],
  // On this keyboard, plus is the key = with Shift.
  ['Ctrl++', 0xbb, 6],
])('registers %s as key 0x%x with modifiers %i', (text, key, modifiers) => {
  expect(keyOf(text)).toEqual({ key, modifiers });
});

it('finds no key that the layout lacks', () => {
  expect(keyOf('Ctrl+[')).toBeNull();
});

it.each(['Ctrl+Alt+Space', 'F24', 'Mouse8', 'Ctrl+Mouse2', 'Super+Shift+F23', 'Ctrl+['])(
  'has nothing against %s before it asks Windows',
  (text) => {
    expect(whyNotOnWindows(parseChord(text))).toBeNull();
  },
);

it.each([
  ['F25', 'no hotkeys with the key of F25'],
  ['RightCtrl', 'no hotkeys with the key of RightCtrl'],
  ['XF86AudioMicMute', 'no hotkeys with the key of XF86AudioMicMute'],
  ['Mouse10', 'no more than five mouse buttons, not Mouse10'],
])('says why Windows never has %s', (text, why) => {
  expect(whyNotOnWindows(parseChord(text))).toContain(why);
});

it('tells the side buttons apart', () => {
  const buttonOf = (text: string) => {
    const chord = parseChord(text);
    if (!('button' in chord)) throw new Error(`${text} is a key`);
    return windowsButton(chord);
  };
  expect(buttonOf('Mouse8')).toMatchObject({ down: 0x20b, up: 0x20c, data: 1, modifiers: 0 });
  expect(buttonOf('Alt+Mouse9')).toMatchObject({ data: 2, modifiers: 1 });
  expect(buttonOf('Ctrl+Mouse3')).toMatchObject({ down: 0x204, up: 0x205, data: null, modifiers: 2 });
});
