import { cellText } from '../../text/clean.ts';
import { widthOf } from '../../text/width.ts';
import type { Line } from '../cells.ts';
import type { EditedText } from '../edited-text.ts';

/** A text broken into rows, with the place of the cursor. */
export interface EditorView {
  lines: Line[];
  /** Zero-based, in the lines; columns are cells. */
  cursor: { row: number; column: number };
}

interface Row {
  text: string;
  /** Where it begins in the whole text, UTF-16 units. */
  start: number;
}

/** The rows of a text: each line broken where the width ends; one column is left for the cursor. */
export function editorRows({ text }: EditedText, cells: number): Row[] {
  const width = Math.max(2, cells) - 1;
  const rows: Row[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    let row = '';
    let rowStart = start;
    for (const character of line) {
      if (row !== '' && widthOf(cellText(row + character)) > width) {
        rows.push({ text: row, start: rowStart });
        rowStart += row.length;
        row = '';
      }
      row += character;
    }
    rows.push({ text: row, start: rowStart });
    start += line.length + 1;
  }
  return rows;
}

/** As many rows as there is room for, those around the cursor. @param secret dots instead of what is typed */
export function editorView(text: EditedText, cells: number, height: number, secret = false): EditorView {
  const shown = secret ? hidden(text) : text;
  const rows = editorRows(shown, cells);
  const at = Math.max(
    0,
    rows.findLastIndex(({ start }) => start <= shown.cursor),
  );
  const first = Math.max(0, Math.min(at - height + 1, rows.length - height));
  const row = rows[at] ?? { text: '', start: 0 };
  return {
    lines: rows.slice(first, first + height).map((each) => [{ text: cellText(each.text), look: 'plain' }]),
    cursor: {
      row: at - first,
      column: widthOf(cellText(row.text.slice(0, shown.cursor - row.start))),
    },
  };
}

function hidden({ text, cursor }: EditedText): EditedText {
  return { text: '•'.repeat(text.length), cursor };
}
