import { widthOf as columnsOf } from '../text/width.ts';

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A character as a person counts them, and where it stands on the screen. */
export interface Cell {
  text: string;
  /** UTF-16 offset in the whole text. */
  at: number;
  column: number;
  width: number;
}

/** One row of the screen; `start` and `end` are UTF-16 offsets, `end` behind its last character. */
export interface Row {
  start: number;
  end: number;
  cells: readonly Cell[];
  /** A line break follows, or the text is over: the cursor may stand behind the last character. */
  last: boolean;
}

/**
 * Breaks a text into rows: at line breaks, and where a row is full, behind its last blank if it has one.
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
  const column = (): number => cells.reduce((sum, { width }) => sum + width, 0);
  const push = (row: readonly Cell[], end: number, last: boolean): void => {
    rows.push({ start: row[0]?.at ?? end, end, cells: row, last });
  };
  for (const { segment, index } of GRAPHEMES.segment(line)) {
    const width = columnsOf(segment);
    // What moves down may not have room together with the character either.
    while (cells.length > 0 && column() + width > columns) {
      const blank = cells.findLastIndex(({ text }) => text === ' ');
      const kept = blank < 0 ? cells : cells.slice(0, blank + 1);
      const moved = cells.slice(kept.length);
      push(kept, moved[0]?.at ?? offset + index, false);
      cells = placed(moved);
    }
    cells.push({ text: segment, at: offset + index, column: column(), width });
  }
  // The cursor behind a row that is full stands on one of its own.
  if (column() === columns) {
    push(cells, offset + line.length, false);
    cells = [];
  }
  push(cells, offset + line.length, true);
  return rows;
}

function placed(cells: readonly Cell[]): Cell[] {
  let column = 0;
  return cells.map((cell) => {
    const moved = { ...cell, column };
    column += cell.width;
    return moved;
  });
}

/** Where the cursor stands that is before the character at this offset. */
export function placeOf(rows: readonly Row[], at: number): { row: number; column: number } {
  const found = rows.findIndex(({ start, end, last }) => at >= start && (last ? at <= end : at < end));
  const index = found < 0 ? rows.length - 1 : found;
  const cell = rows[index]?.cells.find((each) => each.at >= at);
  return { row: index, column: cell?.column ?? widthOf(rows[index]) };
}

/** The offset that is nearest to a column of a row. */
export function offsetAt(rows: readonly Row[], index: number, column: number): number {
  const row = rows[Math.min(Math.max(0, index), rows.length - 1)];
  if (!row) return 0;
  const cell = row.cells.find((each) => each.column + each.width > column);
  if (cell) return cell.at;
  return row.last ? row.end : (row.cells.at(-1)?.at ?? row.end);
}

function widthOf(row: Row | undefined): number {
  const cell = row?.cells.at(-1);
  return cell ? cell.column + cell.width : 0;
}
