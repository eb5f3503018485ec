import { clip, widthOf } from '../text/width.ts';
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

/** What the keys do: as many of the first ones are shown as fit. */
const KEYS: readonly [key: string, does: string][] = [
  ['Enter', 'send'],
  ['Esc', 'do not send'],
  ['Ctrl+J', 'new line'],
  ['Ctrl+X', 'back to the countdown'],
];
const BETWEEN_KEYS = '   ';
/** Nobody needs to hurry. */
const STANDS_STILL = 'the countdown is stopped';

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
  const right = view.rows.length > inner.rows ? `${view.cursor.row + 1}/${view.rows.length}` : STANDS_STILL;
  const note = widthOf(title) + right.length + 2 <= inner.columns ? right : '';
  const name = clip(title, inner.columns);
  const edge = ' '.repeat(Math.min(MARGIN, Math.floor((size.columns - widthOf(name)) / 2)));
  const gap = size.columns - 2 * edge.length - widthOf(name) - note.length;
  const head = `${edge}${name}${' '.repeat(gap)}${note}${edge}`;
  const top = size.rows >= 4 ? 2 : 0;
  const lines = [
    ...(top > 0 ? [style('7', head), ''] : []),
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
  const foot = message === null ? keysOf(inner.columns, style) : style('1;31', clip(message, inner.columns));
  const bottom =
    size.rows >= 4 ? `\x1b[${size.rows};1H\x1b[2K${' '.repeat(Math.min(MARGIN, size.columns))}${foot}` : '';
  const row = top + view.cursor.row - view.top + 1;
  const column = MARGIN + view.cursor.column + 1;
  const cursor = `\x1b[${row};${Math.min(column, size.columns)}H`;
  return `\x1b[?2026h\x1b[?25l${painted.join('')}${blank.join('')}${bottom}${cursor}\x1b[?25h\x1b[?2026l`;
}

/** As many as fit, each key brighter than what it does. */
function keysOf(columns: number, style: (sgr: string, text: string) => string): string {
  const width = (count: number): number =>
    KEYS.slice(0, count)
      .map(([key, does]) => `${key} ${does}`)
      .join(BETWEEN_KEYS).length;
  const count = KEYS.findLastIndex((_, index) => width(index + 1) <= columns) + 1;
  return KEYS.slice(0, count)
    .map(([key, does]) => `${style('1', key)} ${style('2', does)}`)
    .join(BETWEEN_KEYS);
}
