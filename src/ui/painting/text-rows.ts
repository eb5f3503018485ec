import { cellText } from '../../text/clean.ts';
import { graphemesIn } from '../../text/graphemes.ts';
import { widthOf } from '../../text/width.ts';

/** A visible character (a grapheme cluster), and its place on the screen. */
interface Cell {
  /** The text to draw. */
  text: string;
  /** UTF-16 offset in the whole text. */
  at: number;
  column: number;
  width: number;
}

/** One row of the screen; `start` and `end` are UTF-16 offsets, `end` behind its last character. */
interface Row {
  start: number;
  end: number;
  cells: readonly Cell[];
  /** A line break or the end of the text follows, so the cursor may stand behind the last character. */
  last: boolean;
}

/**
 * Breaks a text into rows: at line breaks, and where a row is full, behind its last space if it has one.
 * @param columns at least 2, so that a wide character fits
 */
export function rowsOf(text: string, columns: number): Row[] {
  const rows: Row[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    rows.push(...rowsOfLine(line, start, Math.max(2, columns)));
    start += line.length + 1;
  }
  return rows;
}

function rowsOfLine(line: string, offset: number, columns: number): Row[] {
  const rows: Row[] = [];
  let cells: Cell[] = [];
  const push = (row: readonly Cell[], end: number, last: boolean): void => {
    rows.push({ start: row[0]?.at ?? end, end, cells: row, last });
  };
  for (const { segment, index } of graphemesIn(line)) {
    const text = cellText(segment);
    const width = widthOf(text);
    // The part that moves down may have no room together with the character either.
    while (cells.length > 0 && widthOfCells(cells) + width > columns) {
      const space = cells.findLastIndex((cell) => cell.text === ' ');
      const kept = space < 0 ? cells : cells.slice(0, space + 1);
      const moved = cells.slice(kept.length);
      push(kept, moved[0]?.at ?? offset + index, false);
      const shift = moved[0]?.column ?? 0;
      cells = moved.map((cell) => ({ ...cell, column: cell.column - shift }));
    }
    cells.push({ text, at: offset + index, column: widthOfCells(cells), width });
  }
  // The cursor after a full row needs another row.
  if (widthOfCells(cells) === columns) {
    push(cells, offset + line.length, false);
    cells = [];
  }
  push(cells, offset + line.length, true);
  return rows;
}

/** Returns the place of the cursor before the character at this offset. */
export function placeOf(rows: readonly Row[], at: number): { row: number; column: number } {
  const found = rows.findIndex(({ start, end, last }) => at >= start && (last ? at <= end : at < end));
  const row = found < 0 ? rows.length - 1 : found;
  const cells = rows[row]?.cells ?? [];
  return { row, column: cells.find((cell) => cell.at >= at)?.column ?? widthOfCells(cells) };
}

/** Returns the offset that is nearest to a column of a row. */
export function offsetAt(rows: readonly Row[], index: number, column: number): number {
  const row = rows[index];
  if (!row) return 0;
  const cell = row.cells.find((each) => each.column + each.width > column);
  if (cell) return cell.at;
  return row.last ? row.end : (row.cells.at(-1)?.at ?? row.end);
}

function widthOfCells(cells: readonly Cell[]): number {
  const last = cells.at(-1);
  return last ? last.column + last.width : 0;
}
