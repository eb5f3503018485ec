import type { EditedText } from '../input/edited-text.ts';
import type { Line } from '../painting/cells.ts';
import { placeOf, rowsOf } from '../painting/text-rows.ts';

/** The visible rows of a text, with the cursor. */
interface EditorView {
  lines: Line[];
  /** Zero-based, in the lines; columns are cells. */
  cursor: { row: number; column: number };
  /** Row of the cursor in the whole text, from 1. */
  row: number;
  rows: number;
}

/** Returns the rows around the cursor that fit. @param secret show dots instead of the text */
export function editorView(
  { text, cursor }: EditedText,
  columns: number,
  height: number,
  secret = false,
): EditorView {
  const rows = rowsOf(secret ? '•'.repeat(text.length) : text, columns);
  const { row, column } = placeOf(rows, cursor);
  const first = Math.max(0, Math.min(row - Math.floor(height / 2), rows.length - height));
  const lines = rows
    .slice(first, first + height)
    .map(({ cells }): Line => [{ text: cells.map((cell) => cell.text).join(''), look: 'plain' }]);
  return { lines, cursor: { row: row - first, column }, row: row + 1, rows: rows.length };
}
