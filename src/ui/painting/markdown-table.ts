import { blank, fitted, type Line, lineWidth, span, textOf, wrapped } from './cells.ts';

/** With narrower columns, the table becomes a list. */
const MIN_COLUMN = 6;
const GAP = 2;

type Align = 'left' | 'right' | 'center' | null;

/** Returns a table as lines, or each row as a list of its cells if the columns do not fit. */
export function tableLines(
  header: readonly Line[],
  rows: readonly (readonly Line[])[],
  align: readonly Align[],
  width: number,
): Line[] {
  const widths = columnWidths([header, ...rows], width);
  if (widths === null) return listed(header, rows, width);
  const rule: Line = [span('─'.repeat(widths.reduce((sum, each) => sum + each + GAP, -GAP)), 'dim')];
  const head = header.map((cell) => [span(textOf(cell), 'strong')]);
  const body = rows.flatMap((row) => rowLines(row, widths, align));
  return [...rowLines(head, widths, align), rule, ...body];
}

/** Distributes the width among the columns; the widest shrink first. null: there is not enough. */
function columnWidths(rows: readonly (readonly Line[])[], width: number): number[] | null {
  const wanted: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      wanted[column] = Math.max(wanted[column] ?? 1, lineWidth(cell));
    }
  }
  const room = width - GAP * (wanted.length - 1);
  if (wanted.reduce((sum, each) => sum + Math.min(each, MIN_COLUMN), 0) > room) return null;
  let limit = Math.max(...wanted, 1);
  const total = (): number => wanted.reduce((sum, each) => sum + Math.min(each, limit), 0);
  while (total() > room && limit > 1) limit -= 1;
  return wanted.map((each) => Math.min(each, limit));
}

function rowLines(row: readonly Line[], widths: readonly number[], align: readonly Align[]): Line[] {
  const cells = widths.map((width, column) => wrapped(row[column] ?? [], width));
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, index) =>
    widths.flatMap((width, column) => {
      const line = cells[column]?.[index] ?? [];
      const last = column === widths.length - 1;
      const placed = aligned(line, width, align[column] ?? null);
      return last ? placed : [...fitted(placed, width), blank(GAP)];
    }),
  );
}

function aligned(line: Line, width: number, align: Align): Line {
  const free = width - lineWidth(line);
  if (free <= 0 || align === null || align === 'left') return line;
  return [blank(align === 'right' ? free : Math.floor(free / 2)), ...line];
}

function listed(header: readonly Line[], rows: readonly (readonly Line[])[], width: number): Line[] {
  return rows.flatMap((row, index) => [
    ...(index > 0 ? [[]] : []),
    ...row.flatMap((cell, column) =>
      wrapped([span(`${textOf(header[column] ?? [])}: `, 'dim'), ...cell], width),
    ),
  ]);
}
