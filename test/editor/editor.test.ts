import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { KeyReader } from '../../src/editor/keys.ts';
import { offsetAt, placeOf, rowsOf } from '../../src/editor/layout.ts';
import { type Decision, LineEditor } from '../../src/editor/line-editor.ts';

/** Types into an editor of 20 columns and 5 rows, byte by byte as a terminal sends it. */
function typed(text: string, ...keys: string[]): { editor: LineEditor; decisions: Decision[] } {
  const editor = new LineEditor(text);
  editor.resize({ columns: 20, rows: 5 });
  const reader = new KeyReader();
  const decisions: Decision[] = [];
  for (const data of keys) {
    for (const input of [...reader.read(data), ...reader.flush()]) {
      const decision = editor.take(input);
      if (decision) decisions.push(decision);
    }
  }
  return { editor, decisions };
}

/** The text after some keys, the cursor as `|`. */
function after(text: string, ...keys: string[]): string {
  const { editor } = typed(text, ...keys, '|');
  return editor.text;
}

const KEY = {
  left: '\x1b[D',
  right: '\x1b[C',
  up: '\x1b[A',
  down: '\x1b[B',
  home: '\x1b[H',
  end: '\x1b[F',
  controlLeft: '\x1b[1;5D',
  controlRight: '\x1b[1;5C',
  controlHome: '\x1b[1;5H',
  delete: '\x1b[3~',
};

describe('the keys of the editor', () => {
  test.each([
    ['typing at the end', 'run the test', ['s'], 'run the tests|'],
    ['the arrows', 'abc', [KEY.left, KEY.left, KEY.right], 'ab|c'],
    ['Home and End', 'abc', [KEY.home], '|abc'],
    ['Ctrl-A, Ctrl-E', 'abc', ['\x01', '\x05'], 'abc|'],
    ['other terminals', 'abc', ['\x1bOH', '\x1b[4~', '\x1b[1~'], '|abc'],
    ['words with Alt', 'run the tests', ['\x1bb', '\x1bb', '\x1bf'], 'run the| tests'],
    ['words with Control', 'run the tests', [KEY.controlLeft, KEY.controlLeft], 'run |the tests'],
    ['Backspace', 'abc', ['\x7f', '\x08'], 'a|'],
    ['Delete, Ctrl-D', 'abc', ['\x01', KEY.delete, '\x04'], '|c'],
    ['Ctrl-W', 'run the tests', ['\x17'], 'run the |'],
    ['Alt-Backspace', 'run the tests', ['\x1b\x7f', '\x1b\x7f'], 'run |'],
    ['Alt-D', 'run the tests', ['\x01', '\x1bd'], '| the tests'],
    ['Ctrl-U', 'run the tests', [KEY.controlLeft, '\x15'], '|tests'],
    ['Ctrl-K and Ctrl-Y', 'run the tests', ['\x01', '\x1bf', '\x0b', '\x01', '\x19'], ' the tests|run'],
    ['Ctrl-Z takes back a word, not a letter', 'a', [' ', 'b', 'c', '\x1a'], 'a |'],
    ['and what was killed', 'run the tests', ['\x15', '\x1a'], 'run the tests|'],
    ['Alt-Enter, Ctrl-J', 'a', ['\x1b\r', 'b', '\n', 'c'], 'a\nb\nc|'],
    ['Shift-Enter of kitty', 'a', ['\x1b[13;2u', 'b'], 'a\nb|'],
    ['a line break is a character', 'a\nb', [KEY.home, '\x7f'], 'a|b'],
    ['wide characters', 'ab猫d', [KEY.left, KEY.left, '\x7f'], 'a|猫d'],
    ['an emoji of five code points', 'a👩‍👩‍👧b', [KEY.left, '\x7f'], 'a|b'],
    ['an accent of its own', 'cafe\u0301', ['\x7f'], 'caf|'],
    [
      'up and down keep the column',
      'abcdef\nx\nabcdef',
      [KEY.left, KEY.left, KEY.up, KEY.up],
      'abcd|ef\nx\nabcdef',
    ],
    ['up in the first row', 'abc\nd', [KEY.up, KEY.up], '|abc\nd'],
    ['down in the last row', 'abc', ['\x01', KEY.down], 'abc|'],
    ['up within a line that is broken', 'aaaa bbbb cccc dddd eeee', [KEY.up], 'aaaa| bbbb cccc dddd eeee'],
    ['Ctrl-Home', 'abc\nd', [KEY.controlHome], '|abc\nd'],
    ['keys that are none here', 'abc', ['\x1b[15~', '\x1b[1;2P', '\x00', '\x1bx', '\x1c'], 'abc|'],
  ])('%s', (_what, text, keys, expected) => {
    expect(after(text, ...keys)).toBe(expected);
  });

  test('decide', () => {
    expect(typed('a', '\r').decisions).toEqual(['send']);
    expect(typed('a', '\x1b').decisions).toEqual(['cancel']);
    expect(typed('a', '\x03').decisions).toEqual(['cancel']);
    expect(typed('a', '\x18').decisions).toEqual(['leave']);
    expect(typed('a', 'b', '\x1a', '\x1bb').decisions).toEqual([]);
  });

  it('take what is pasted as text: no Enter in it sends, and no escape sequence gets through', () => {
    const { editor, decisions } = typed('', '\x1b[200~rm -rf /\r\nls\t\x03\x1b[2J\x1b[20', '1~', '!');
    expect(decisions).toEqual([]);
    expect(editor.text).toBe('rm -rf /\nls    [2J!');
  });

  it('come in whatever pieces', () => {
    const stream = 'a猫\x1b[D\x1b[1;5C\x1bb\x1b[200~x\ny\x1b[201~\x7f\x1b\r\x1bOH';
    const whole = new KeyReader().read(stream);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 })), (cuts) => {
        const reader = new KeyReader();
        const at = [0, ...new Set(cuts), stream.length].sort((a, b) => a - b);
        const inputs = at.slice(1).flatMap((to, index) => reader.read(stream.slice(at[index], to)));
        const joined: typeof inputs = [];
        for (const input of inputs) {
          const last = joined.at(-1);
          if (last && last.type !== 'key' && input.type === last.type) last.text += input.text;
          else joined.push({ ...input });
        }
        expect(joined).toEqual(whole);
      }),
    );
  });

  it('leave no half characters and no control characters behind, whatever is pressed', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...Object.values(KEY), '\x7f', '\x17', '\x0b', '\x15', '\x19', '\x1a', '\n', '\x1b[5~'),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(anything, { maxLength: 30 }), (text, keys) => {
        const { editor } = typed(text, ...keys);
        expect(editor.text.isWellFormed()).toBe(true);
        expect(editor.text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
        const { rows, top, cursor } = editor.view;
        expect(cursor.row).toBeGreaterThanOrEqual(top);
        expect(cursor.row).toBeLessThan(Math.min(rows.length, top + 5));
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
          expect(all.map((cell) => cell.text).join('')).toBe(text.replaceAll('\n', ''));
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
