import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { type FrameParts, frameOf, textSize } from '../../src/editor/frame.ts';
import { LineEditor } from '../../src/editor/line-editor.ts';

const SIZE = { columns: 90, rows: 14 };

/** The rows of the screen by their number, from 1, without styles. */
function painted(parts: Partial<FrameParts & { text: string }>, size = SIZE): Map<number, string> {
  const editor = new LineEditor(parts.text ?? 'run the tests');
  editor.resize(textSize(size));
  const title = 'backend · before it is sent';
  const frame = frameOf({ title, view: editor.view, message: null, colour: true, ...parts }, size);
  const rows = new Map<number, string>();
  for (const [, row, text] of frame.matchAll(
    /\x1b\[(\d+);1H\x1b\[2K([^\x1b]*(?:\x1b\[[\d;]*[mG][^\x1b]*)*)/g,
  ))
    rows.set(Number(row), stripVTControlCharacters(text ?? ''));
  return rows;
}

describe('the screen of the editor', () => {
  it('says what is edited, that nobody needs to hurry, and what the keys do', () => {
    const rows = painted({});
    expect(rows.get(1)).toMatch(/^ {2}backend · before it is sent {2,}the countdown is stopped {2}$/);
    expect(rows.get(3)).toBe('  run the tests');
    expect(rows.get(14)).toBe(
      '  Enter send   Esc do not send   Ctrl+J new line   Ctrl+X back to the countdown',
    );
    expect([...rows.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 14 }, (_, row) => row + 1));
  });

  it('says where in a long text it is', () => {
    expect(painted({ text: 'line\n'.repeat(40) }).get(1)).toMatch(/ 41\/41 {2}$/);
  });

  it('leaves out what has no room, and never fills more than a row', () => {
    for (let columns = 2; columns <= 120; columns += 1) {
      for (const title of ['backend · before it is sent', '日本語の長い名前 · before it is sent']) {
        const rows = painted({ title }, { columns, rows: 14 });
        expect(stringWidth(rows.get(1) ?? ''), `${columns}`).toBe(columns);
        expect(stringWidth(rows.get(14) ?? ''), `${columns}`).toBeLessThanOrEqual(columns);
      }
    }
    expect(painted({}, { columns: 40, rows: 14 }).get(14)).toBe('  Enter send   Esc do not send');
    expect(painted({}, { columns: 40, rows: 14 }).get(1)).not.toContain('countdown');
  });

  it('shows what went wrong instead of the keys', () => {
    expect(painted({ message: 'The daemon has ended.' }).get(14)).toBe('  The daemon has ended.');
  });
});
