import { promptText } from '../text/clean.ts';
import type { Input, Key } from './keys.ts';
import { offsetAt, placeOf, type Row, rowsOf } from './layout.ts';
import { TextBuffer } from './text-buffer.ts';

/** What the person decided. `leave`: nothing; the countdown continues. */
export type Decision = 'send' | 'cancel' | 'leave';

type Vertical = 'up' | 'down' | 'page-up' | 'page-down';

/** What the other keys do with the text. */
const EDITS: Readonly<
  Record<Exclude<Key, Decision | Vertical | 'line-start' | 'line-end'>, (buffer: TextBuffer) => void>
> = {
  'new-line': (buffer) => buffer.insert('\n'),
  left: (buffer) => buffer.left(),
  right: (buffer) => buffer.right(),
  'word-left': (buffer) => buffer.wordLeft(),
  'word-right': (buffer) => buffer.wordRight(),
  'text-start': (buffer) => buffer.textStart(),
  'text-end': (buffer) => buffer.textEnd(),
  backspace: (buffer) => buffer.backspace(),
  delete: (buffer) => buffer.delete(),
  'kill-word-left': (buffer) => buffer.killWordLeft(),
  'kill-word-right': (buffer) => buffer.killWordRight(),
  'kill-to-start': (buffer) => buffer.killToStart(),
  'kill-to-end': (buffer) => buffer.killToEnd(),
  yank: (buffer) => buffer.yank(),
  undo: (buffer) => buffer.undo(),
  // Every key paints anew.
  redraw: () => undefined,
};

/** Where the text stands on the screen. */
export interface EditorView {
  rows: readonly Row[];
  /** Index of the first row that is shown. */
  top: number;
  cursor: { row: number; column: number };
}

/** An editor of several lines, without a screen: keys come in, a view comes out. */
export class LineEditor {
  readonly #buffer: TextBuffer;
  #columns = 80;
  #height = 20;
  #top = 0;
  /** Where the cursor wants to be while it goes up and down over shorter rows; null: where it is. */
  #goal: number | null = null;

  constructor(text: string) {
    this.#buffer = new TextBuffer(safe(text));
  }

  get text(): string {
    return this.#buffer.text;
  }

  /** @param size of the part of the screen that the text has */
  resize({ columns, rows }: { columns: number; rows: number }): void {
    this.#columns = columns;
    this.#height = Math.max(1, rows);
  }

  /** Takes a key or a text; returns what it decided, if anything. */
  take(input: Input): Decision | null {
    if (input.type !== 'key') {
      this.#goal = null;
      this.#buffer.insert(safe(input.text));
      return null;
    }
    const { key } = input;
    if (key === 'send' || key === 'cancel' || key === 'leave') return key;
    if (key === 'up' || key === 'down' || key === 'page-up' || key === 'page-down') this.#vertical(key);
    else {
      this.#goal = null;
      if (key === 'line-start' || key === 'line-end') this.#alongRow(key);
      else EDITS[key](this.#buffer);
    }
    return null;
  }

  get view(): EditorView {
    const rows = this.#rows;
    const cursor = placeOf(rows, this.#buffer.at);
    const lowest = Math.max(0, rows.length - this.#height);
    this.#top = Math.min(this.#top, cursor.row, lowest);
    this.#top = Math.max(this.#top, cursor.row - this.#height + 1);
    return { rows, top: this.#top, cursor };
  }

  get #rows(): Row[] {
    return rowsOf(this.#buffer.text, this.#columns);
  }

  #vertical(key: Vertical): void {
    const rows = this.#rows;
    const { row, column } = placeOf(rows, this.#buffer.at);
    this.#goal ??= column;
    const step = key === 'up' || key === 'down' ? 1 : this.#height;
    const to = key === 'up' || key === 'page-up' ? row - step : row + step;
    // As everywhere: up in the first row goes to its start, down in the last one to its end.
    if (to < 0) this.#buffer.textStart();
    else if (to >= rows.length) this.#buffer.textEnd();
    else this.#buffer.moveTo(offsetAt(rows, to, this.#goal));
  }

  #alongRow(key: 'line-start' | 'line-end'): void {
    const rows = this.#rows;
    const { row } = placeOf(rows, this.#buffer.at);
    this.#buffer.moveTo(offsetAt(rows, row, key === 'line-start' ? 0 : Number.POSITIVE_INFINITY));
  }
}

/** Tabs are spaces, and nothing steers the terminal or hides. */
function safe(text: string): string {
  return promptText(text).replaceAll('\t', '    ');
}
