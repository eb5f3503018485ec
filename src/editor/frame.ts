import stringWidth from 'string-width';
import type { EditorView } from './line-editor.ts';

export interface Size {
  columns: number;
  rows: number;
}

export interface FrameParts {
  title: string;
  view: EditorView;
  /** What went wrong; takes the place of the keys. */
  message: string | null;
  /** NO_COLOR is not set. */
  colour: boolean;
}

/** What the keys do, longest first: the first that fits is shown. */
const KEYS = [
  'Enter send   Ctrl+J new line   Esc do not send   Ctrl+X back to the countdown',
  'Enter send   Ctrl+J new line   Esc do not send   Ctrl+X later',
  'Enter send   Esc do not send',
  'Enter send',
];

/** Columns left and right of the text. */
const MARGIN = 2;

/** The part of the screen that the text has. */
export function textSize({ columns, rows }: Size): Size {
  return { columns: Math.max(2, columns - 2 * MARGIN), rows: Math.max(1, rows - 4) };
}

/** All of the screen as one text of escape sequences; it is painted at once where the terminal can (mode 2026). */
export function frameOf({ title, view, message, colour }: FrameParts, size: Size): string {
  const style = (sgr: string, text: string): string =>
    colour || sgr === '7' ? `\x1b[${sgr}m${text}\x1b[0m` : text;
  const inner = textSize(size);
  const shown = view.rows.slice(view.top, view.top + inner.rows);
  const more = view.rows.length > inner.rows ? `${view.cursor.row + 1}/${view.rows.length}` : '';
  const keys = KEYS.find((each) => each.length + MARGIN <= size.columns) ?? '';
  const left = shortened(` ${title}`, size.columns - stringWidth(more) - 2);
  const head =
    left + ' '.repeat(Math.max(0, size.columns - stringWidth(left) - stringWidth(more) - 1)) + more;
  const top = size.rows >= 4 ? 2 : 0;
  const lines = [
    ...(top > 0 ? [style('7', shortened(head, size.columns).padEnd(size.columns)), ''] : []),
    ...shown.map(({ cells }) =>
      // Where terminals disagree about the width of a character the next one still stands in its column.
      cells
        .map(({ text, column, width }) =>
          width === 1 && text.length === 1
            ? text
            : `\x1b[${MARGIN + column + 1}G${text}\x1b[${MARGIN + column + width + 1}G`,
        )
        .join(''),
    ),
  ];
  const painted = lines.map((line, index) => {
    const indent = top > 0 && index < top ? '' : ' '.repeat(MARGIN);
    return `\x1b[${index + 1};1H\x1b[2K${indent}${line}`;
  });
  const blank = Array.from({ length: Math.max(0, size.rows - lines.length) }, (_, index) => {
    return `\x1b[${lines.length + index + 1};1H\x1b[2K`;
  });
  const bottom =
    size.rows >= 4
      ? `\x1b[${size.rows};1H\x1b[2K${style(message === null ? '2' : '1;31', shortened(`  ${message ?? keys}`, size.columns))}`
      : '';
  const row = top + view.cursor.row - view.top + 1;
  const column = MARGIN + view.cursor.column + 1;
  const cursor = `\x1b[${row};${Math.min(column, size.columns)}H`;
  return `\x1b[?2026h\x1b[?25l${painted.join('')}${blank.join('')}${bottom}${cursor}\x1b[?25h\x1b[?2026l`;
}

/** Cut to a width; an ellipsis says so. */
function shortened(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let cut = '';
  for (const character of text) {
    if (stringWidth(cut + character) > columns - 1) break;
    cut += character;
  }
  return `${cut}…`;
}
