import { describe, expect, it } from 'vitest';
import { VoiceError } from '../../src/errors.ts';
import { parseChord, sameChord } from '../../src/hotkey/chord.ts';

describe('parseChord', () => {
  it.each([
    ['Ctrl+Alt+Space', ['ctrl', 'alt'], 0x20],
    ['control + ALT + space', ['ctrl', 'alt'], 0x20],
    ['Super+v', ['super'], 0x76],
    ['Win+V', ['super'], 0x76],
    ['Meta+5', ['super'], 0x35],
    ['Shift+F13', ['shift'], 0xffca],
    ['f1', [], 0xffbe],
    ['F35', [], 0xffe0],
    ['Escape', [], 0xff1b],
    ['esc', [], 0xff1b],
    ['Pause', [], 0xff13],
    ['ScrollLock', [], 0xff14],
    ['XF86AudioPlay', [], 0x1008ff14],
    ['XF86AudioMicMute', [], 0x1008ffb2],
    ['xf86assistant', [], 0x10081247],
    ['xf86launch5', [], 0x1008ff45],
    ['RightCtrl', [], 0xffe4],
    ['Ctrl+Left', ['ctrl'], 0xff51],
    ['Ctrl+,', ['ctrl'], 0x2c],
    ['Ctrl+comma', ['ctrl'], 0x2c],
    ['Ctrl+\\', ['ctrl'], 0x5c],
    ['Ctrl++', ['ctrl'], 0x2b],
    ['Ctrl+Alt++', ['ctrl', 'alt'], 0x2b],
    ['Ctrl+KP_5', ['ctrl'], 0xffb5],
    ['Alt+Tab', ['alt'], 0xff09],
  ])('reads %s', (text, modifiers, keysym) => {
    const chord = parseChord(text);
    expect([...chord.modifiers]).toEqual(modifiers);
    expect(chord).toMatchObject({ keysym });
  });

  it.each([
    ['Mouse8', [], 8],
    ['mouse9', [], 9],
    ['Mouse12', [], 12],
    ['Super+Mouse2', ['super'], 2],
    ['Ctrl + Alt + MOUSE3', ['ctrl', 'alt'], 3],
    ['Shift+Mouse8', ['shift'], 8],
  ])('reads the mouse button %s', (text, modifiers, button) => {
    const chord = parseChord(text);
    expect([...chord.modifiers]).toEqual(modifiers);
    expect(chord).toMatchObject({ button });
  });

  it.each([
    ['', 'a key is missing'],
    ['Ctrl+', 'a key is missing'],
    ['Ctrl+Alt', 'a key is missing after "Alt"'],
    ['Hyper+x', '"Hyper" is not a modifier'],
    ['Ctrl+Spcae', '"Spcae" is not a key'],
    ['Ctrl+F36', '"F36" is not a key'],
    ['Ctrl+F0', '"F0" is not a key'],
    ['Ctrl+toString', '"toString" is not a key'],
    ['constructor+a', '"constructor" is not a modifier'],
    ['Ctrl+é', '"é" is not a key'],
    ['Space', 'would take a typing key'],
    ['Shift+a', 'would take a typing key'],
    ['Enter', 'would take a typing key'],
    ['+', 'would take a typing key'],
    ['Mouse1', 'would take the left mouse button'],
    ['Ctrl+Mouse1', 'would take the left mouse button'],
    ['Mouse2', 'would take the middle mouse button from every app; it needs Ctrl, Alt or Super'],
    ['Shift+Mouse3', 'would take the right mouse button'],
    ['Ctrl+Mouse4', 'is the wheel of the mouse'],
    ['Mouse0', 'is not a mouse button'],
    ['Mouse13', 'is not a mouse button'],
    ['Mouse', '"Mouse" is not a key'],
  ])('refuses "%s" and says why', (text, why) => {
    const error = thrownBy(() => parseChord(text));
    expect(error).toBeInstanceOf(VoiceError);
    expect(error).toMatchObject({ code: 'hotkey-invalid' });
    expect((error as VoiceError).message).toContain(why);
    expect((error as VoiceError).hint).toContain('Ctrl+Alt+Space');
  });
});

describe('sameChord', () => {
  it('does not look at spelling or order', () => {
    expect(sameChord(parseChord('ctrl+Alt+esc'), parseChord('Alt+Control+Escape'))).toBe(true);
  });

  it('tells keys and modifiers apart', () => {
    expect(sameChord(parseChord('Escape'), parseChord('Shift+Escape'))).toBe(false);
    expect(sameChord(parseChord('Ctrl+F1'), parseChord('Alt+F1'))).toBe(false);
    expect(sameChord(parseChord('F1'), parseChord('F2'))).toBe(false);
    expect(sameChord(parseChord('Mouse8'), parseChord('Mouse9'))).toBe(false);
    expect(sameChord(parseChord('Mouse9'), parseChord('Escape'))).toBe(false);
    expect(sameChord(parseChord('mouse8'), parseChord('Mouse8'))).toBe(true);
  });
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
