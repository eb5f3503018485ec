import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { cellText } from '../../src/text/clean.ts';
import { type EditedText, EMPTY_TEXT, edited, editedText } from '../../src/ui/input/edited-text.ts';
import { fieldKey } from '../../src/ui/input/keys.ts';
import { offsetAt, placeOf, rowsOf } from '../../src/ui/painting/text-rows.ts';
import { editorView } from '../../src/ui/views/editor.ts';

/** A field of 20 columns and 5 rows. */
const SHAPE = { multiline: true, columns: 20, rows: 5 };

/** Types keys by their names. */
function typed(text: EditedText, ...keys: (string | { paste: string })[]): EditedText {
  return keys.reduce<EditedText>((before, name) => {
    const key = typeof name === 'string' ? fieldKey(name) : ({ kind: 'insert', text: name.paste } as const);
    return key === null || typeof key === 'string' ? before : edited(before, key, SHAPE);
  }, text);
}

/** The text after some keys, the cursor as `|`. */
function textAfter(text: string, ...keys: string[]): string {
  return typed(editedText(text), ...keys, '|').text;
}

describe('the keys of a field', () => {
  test.each([
    ['typing at the end', 'run the test', ['s'], 'run the tests|'],
    ['the arrows', 'abc', ['left', 'left', 'right'], 'ab|c'],
    ['Ctrl-B, Ctrl-F', 'abc', ['ctrl+b', 'ctrl+b', 'ctrl+f'], 'ab|c'],
    ['Home and End', 'abc', ['home'], '|abc'],
    ['Ctrl-A, Ctrl-E', 'abc', ['ctrl+a', 'ctrl+e'], 'abc|'],
    ['words with Alt', 'run the tests', ['alt+b', 'alt+b', 'alt+f'], 'run the| tests'],
    ['words with Control', 'run the tests', ['ctrl+left', 'ctrl+left'], 'run |the tests'],
    ['Backspace', 'abc', ['backspace', 'ctrl+h'], 'a|'],
    ['Delete, Ctrl-D', 'abc', ['ctrl+a', 'delete', 'ctrl+d'], '|c'],
    ['Ctrl-W', 'run the tests', ['ctrl+w'], 'run the |'],
    ['Ctrl-W behind spaces', 'one two  ', ['ctrl+w'], 'one |'],
    ['Alt-Backspace', 'run the tests', ['alt+backspace', 'alt+backspace'], 'run |'],
    ['Alt-D', 'run the tests', ['ctrl+a', 'alt+d'], '| the tests'],
    ['Ctrl-U', 'run the tests', ['ctrl+left', 'ctrl+u'], '|tests'],
    ['Ctrl-U in one line of several', 'one\ntwo', ['ctrl+u'], 'one\n|'],
    ['Ctrl-K at the end of a line', 'one\ntwo', ['up', 'ctrl+k'], 'one|two'],
    [
      'Ctrl-K and Ctrl-Y',
      'run the tests',
      ['ctrl+a', 'alt+f', 'ctrl+k', 'ctrl+a', 'ctrl+y'],
      ' the tests|run',
    ],
    ['Ctrl-Z takes back a word, not a letter', 'a', ['space', 'b', 'c', 'ctrl+z'], 'a |'],
    ['and what was erased', 'run the tests', ['ctrl+u', 'ctrl+z'], 'run the tests|'],
    ['Ctrl-Z with nothing to undo', 'a', ['ctrl+z'], 'a|'],
    ['Alt-Enter, Ctrl-J', 'a', ['alt+return', 'b', 'ctrl+j', 'c'], 'a\nb\nc|'],
    ['Shift-Enter of kitty', 'a', ['shift+return', 'b'], 'a\nb|'],
    ['a line break is a character', 'a\nb', ['home', 'backspace'], 'a|b'],
    ['wide characters', 'ab猫d', ['left', 'left', 'backspace'], 'a|猫d'],
    ['an emoji of five code points', 'a👩‍👩‍👧b', ['left', 'backspace'], 'a|b'],
    ['an accent of its own', 'cafe\u0301', ['backspace'], 'caf|'],
    ['words around an emoji with a selector', 'a 👁️‍🗨️ b', ['ctrl+left', 'ctrl+left', 'alt+f'], 'a 👁️‍🗨️| b'],
    ['up and down keep the column', 'abcdef\nx\nabcdef', ['left', 'left', 'up', 'up'], 'abcd|ef\nx\nabcdef'],
    ['Ctrl-P, Ctrl-N', 'abc\nd', ['ctrl+p', 'ctrl+n'], 'abc\nd|'],
    ['up in the first row', 'abc\nd', ['up', 'up'], '|abc\nd'],
    ['down in the last row', 'abc', ['ctrl+a', 'down'], 'abc|'],
    ['up within a line that is broken', 'aaaa bbbb cccc dddd eeee', ['up'], 'aaaa| bbbb cccc dddd eeee'],
    ['Home in a line that is broken', 'aaaa bbbb cccc dddd eeee', ['home'], 'aaaa bbbb cccc dddd |eeee'],
    ['a page up', 'a\nb\nc\nd\ne\nf\ng', ['pageup'], 'a\nb|\nc\nd\ne\nf\ng'],
    ['Ctrl-Home', 'abc\nd', ['ctrl+home'], '|abc\nd'],
    ['Alt-<, Alt->', 'abc\nd', ['alt+<', 'alt+>'], 'abc\nd|'],
  ])('%s', (_what, text, keys, expected) => {
    expect(textAfter(text, ...keys)).toBe(expected);
  });

  it('are none here: function keys, controls without a meaning', () => {
    for (const name of ['f5', 'ctrl+q', 'alt+x']) expect(fieldKey(name)).toBeNull();
    expect(textAfter('abc', '\x1c')).toBe('abc|');
  });

  it('decide', () => {
    expect(['return', 'escape', 'ctrl+c', 'ctrl+x', 'ctrl+l'].map(fieldKey)).toEqual([
      'submit',
      'close',
      'close',
      'leave',
      'redraw',
    ]);
  });

  it('take line breaks of a paste where they belong, and no control characters', () => {
    const paste = { kind: 'insert', text: 'a\r\nb\tc\x1b[2J\x07' } as const;
    expect(edited(EMPTY_TEXT, paste, SHAPE).text).toBe('a\nb    c[2J');
    expect(edited(EMPTY_TEXT, paste, { ...SHAPE, multiline: false }).text).toBe('a b    c[2J');
  });

  it('leave no half characters and no control characters behind, whatever is pressed', () => {
    const names = ['left', 'right', 'up', 'home', 'end', 'ctrl+left', 'alt+f', 'delete', 'backspace'];
    const more = ['ctrl+w', 'ctrl+k', 'ctrl+u', 'ctrl+y', 'ctrl+z', 'ctrl+j', 'pageup', 'pagedown', 'alt+d'];
    const anything = fc.oneof(
      fc.record({ paste: fc.string({ unit: 'grapheme' }) }),
      fc.record({ paste: fc.string({ unit: 'binary' }) }),
      fc.constantFrom(...names, ...more),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(anything, { maxLength: 30 }), (start, keys) => {
        const text = typed(editedText(start), ...keys);
        expect(text.text.isWellFormed()).toBe(true);
        expect(text.text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
        const { lines, cursor } = editorView(text, 20, 5);
        expect(cursor.row).toBeLessThan(lines.length);
        expect(cursor.column).toBeLessThanOrEqual(20);
      }),
    );
  });
});

describe('the rows of a text', () => {
  const shown = (text: string, columns: number) =>
    rowsOf(text, columns).map(({ cells }) => cells.map((cell) => cell.text).join(''));

  test('are broken behind a blank, or where a word is too long', () => {
    expect(shown('the quick brown fox', 10)).toEqual(['the quick ', 'brown fox']);
    expect(shown('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(shown('a\n\nb', 4)).toEqual(['a', '', 'b']);
    expect(shown('猫猫猫', 5)).toEqual(['猫猫', '猫']);
    // What follows the blank has no room beside a wide character.
    expect(shown(' !🈀', 2)).toEqual([' ', '!', '🈀', '']);
    // The cursor behind a full row stands in the next one.
    expect(shown('abcd', 4)).toEqual(['abcd', '']);
    expect(shown('', 4)).toEqual(['']);
  });

  test('hold every character once and in order, and no row is too wide', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 2, max: 12 }),
        (raw, columns) => {
          const text = raw.replaceAll(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, '');
          const rows = rowsOf(text, columns);
          const all = rows.flatMap(({ cells }) => cells);
          expect(all.map((cell) => cell.text).join('')).toBe(text.split('\n').map(cellText).join(''));
          for (const cell of all) {
            expect(cell.column + cell.width).toBeLessThanOrEqual(Math.max(columns, cell.width));
            const place = placeOf(rows, cell.at);
            if (cell.width > 0) expect(offsetAt(rows, place.row, place.column)).toBe(cell.at);
          }
        },
      ),
    );
  });
});
