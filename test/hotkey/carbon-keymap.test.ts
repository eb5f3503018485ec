import { expect, test } from 'vitest';
import { carbonKey } from '../../src/hotkey/carbon/keymap.ts';
import { parseChord } from '../../src/hotkey/chord.ts';

// Codes and bits as HIToolbox/Events.h of the macOS SDK defines them.
test.each([
  ['Ctrl+Alt+Space', 0x31, 0x1800],
  ['Super+Shift+A', 0x00, 0x300],
  ['Ctrl+Z', 0x06, 0x1000],
  ['Ctrl+5', 0x17, 0x1000],
  ['Ctrl+6', 0x16, 0x1000],
  ['Ctrl+0', 0x1d, 0x1000],
  ['Ctrl++', 0x18, 0x1000],
  ['Ctrl+comma', 0x2b, 0x1000],
  ['Escape', 0x35, 0],
  ['F1', 0x7a, 0],
  ['F5', 0x60, 0],
  ['F13', 0x69, 0],
  ['F20', 0x5a, 0],
  ['Ctrl+Delete', 0x75, 0x1000],
  ['Ctrl+BackSpace', 0x33, 0x1000],
  ['Pause', 0x71, 0],
  ['Ctrl+KP_8', 0x5b, 0x1000],
  ['Left', 0x7b, 0],
])('%s is key %i with modifiers %i', (chord, code, modifiers) => {
  expect(carbonKey(parseChord(chord))).toEqual({ code, modifiers });
});

test.each(['F21', 'RightCtrl', 'XF86AudioPlay', 'Mouse9', 'Ctrl+Mouse2'])('%s is refused', (chord) => {
  expect(() => carbonKey(parseChord(chord))).toThrow(
    expect.objectContaining({ code: 'hotkey-unavailable', message: expect.stringContaining(chord) }),
  );
});

test('every letter and digit has a key of its own', () => {
  const characters = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
  const codes = characters.map((each) => carbonKey(parseChord(`Ctrl+${each}`)).code);
  expect(new Set(codes).size).toBe(characters.length);
});
