import { promptText } from '../../text/clean.ts';
import { graphemesIn } from '../../text/graphemes.ts';
import { offsetAt, placeOf, rowsOf } from '../painting/text-rows.ts';

interface Step {
  readonly text: string;
  /** Position of the cursor, UTF-16 units; always between two graphemes. */
  readonly cursor: number;
}

/** A text in a field. */
export interface EditedText extends Step {
  /** The column that the cursor keeps while it moves over shorter rows; null: its own column. */
  readonly goal: number | null;
  /** The last word or line that was erased, for `yank`. */
  readonly killed: string;
  /** For `undo`, the newest last. */
  readonly earlier: readonly Step[];
  /** True after a typed character: typing is undone by words. */
  readonly typing: boolean;
}

/** The place up to which a key erases. */
type Target = keyof typeof TARGETS;
/** The destination of the cursor. Rows are on the screen, lines are in the text. */
type Move = Target | 'row-start' | 'row-end' | 'up' | 'down' | 'page-up' | 'page-down';

/** A change by a key. */
export type Edit =
  | { kind: 'insert'; text: string }
  | { kind: 'move'; to: Move }
  | { kind: 'erase'; to: Target }
  | { kind: 'yank' | 'undo' };

/** The shape of the field. */
interface FieldShape {
  /** False: line breaks become spaces. */
  multiline: boolean;
  columns: number;
  rows: number;
}

/** Steps that can be undone. */
const MOST_STEPS = 200;

const TARGETS = {
  left: (text: string, at: number) => graphemeStart(text, at - 1),
  right: (text: string, at: number) => graphemeEnd(text, at + 1),
  // As in readline, letters and digits make a word.
  'word-left': (text: string, at: number) =>
    graphemeStart(text, /[\p{L}\p{N}\p{M}_]*[^\p{L}\p{N}\p{M}_]*$/u.exec(text.slice(0, at))?.index ?? 0),
  'word-right': (text: string, at: number) =>
    graphemeEnd(
      text,
      at + (/^[^\p{L}\p{N}\p{M}_]*[\p{L}\p{N}\p{M}_]*/u.exec(text.slice(at))?.[0].length ?? 0),
    ),
  'line-start': (text: string, at: number) => text.slice(0, at).lastIndexOf('\n') + 1,
  'line-end': (text: string, at: number) => {
    const end = text.indexOf('\n', at);
    return end < 0 ? text.length : end;
  },
  'text-start': () => 0,
  'text-end': (text: string) => text.length,
} as const;

/** At the edge of a line, erases its line break. */
const BEYOND: Partial<Record<Target, Target>> = { 'line-start': 'left', 'line-end': 'right' };

/** Returns a text with the cursor at its end. */
export function editedText(text: string): EditedText {
  const shown = typed(text, true);
  return { text: shown, cursor: shown.length, goal: null, killed: '', earlier: [], typing: false };
}

export const EMPTY_TEXT = editedText('');

/** Returns the text after an edit. */
export function edited(before: EditedText, edit: Edit, shape: FieldShape): EditedText {
  const { text, cursor, earlier } = before;
  switch (edit.kind) {
    case 'insert':
      return replaced(before, cursor, cursor, typed(edit.text, shape.multiline));
    case 'yank':
      return replaced(before, cursor, cursor, before.killed);
    case 'undo':
      return { ...before, ...earlier.at(-1), earlier: earlier.slice(0, -1), goal: null, typing: false };
    case 'move':
      return { ...before, goal: null, typing: false, ...moved(before, edit.to, shape) };
    case 'erase': {
      const reached = TARGETS[edit.to](text, cursor);
      const to = reached === cursor ? TARGETS[BEYOND[edit.to] ?? edit.to](text, cursor) : reached;
      const [from, end] = to < cursor ? [to, cursor] : [cursor, to];
      const after = replaced(before, from, end, '');
      if (edit.to === 'left' || edit.to === 'right' || after === before) return after;
      return { ...after, killed: text.slice(from, end) };
    }
  }
}

function replaced(before: EditedText, from: number, to: number, fresh: string): EditedText {
  if (from === to && fresh === '') return before;
  const { text, cursor, earlier } = before;
  const typing = from === to && /^\S$/u.test(fresh);
  return {
    ...before,
    text: text.slice(0, from) + fresh + text.slice(to),
    cursor: from + fresh.length,
    goal: null,
    earlier: typing && before.typing ? earlier : [...earlier, { text, cursor }].slice(-MOST_STEPS),
    typing,
  };
}

function moved({ text, cursor, goal }: EditedText, to: Move, shape: FieldShape): Partial<EditedText> {
  if (isTarget(to)) return { cursor: TARGETS[to](text, cursor) };
  const rows = rowsOf(text, shape.columns);
  const place = placeOf(rows, cursor);
  const column = goal ?? place.column;
  const vertical = (by: number): Partial<EditedText> => {
    const row = place.row + by;
    // As everywhere, up in the first row goes to its start, down in the last one to its end.
    if (row < 0) return { cursor: 0, goal: column };
    return { cursor: row < rows.length ? offsetAt(rows, row, column) : text.length, goal: column };
  };
  switch (to) {
    case 'row-start':
      return { cursor: offsetAt(rows, place.row, 0) };
    case 'row-end':
      return { cursor: offsetAt(rows, place.row, Number.POSITIVE_INFINITY) };
    case 'up':
      return vertical(-1);
    case 'down':
      return vertical(1);
    case 'page-up':
      return vertical(-shape.rows);
    case 'page-down':
      return vertical(shape.rows);
  }
}

function isTarget(to: Move): to is Target {
  return to in TARGETS;
}

/** Removes tabs and control characters from typed or pasted text. */
function typed(text: string, multiline: boolean): string {
  const lines = promptText(text).replaceAll('\t', '    ');
  return multiline ? lines : lines.replace(/\n+/g, ' ');
}

/** Returns the start of the grapheme at this position. */
function graphemeStart(text: string, at: number): number {
  return graphemesIn(text).containing(at)?.index ?? Math.max(0, at);
}

/** Returns the end of the grapheme at or before this position. */
function graphemeEnd(text: string, at: number): number {
  const last = graphemesIn(text).containing(at - 1);
  return last ? last.index + last.segment.length : Math.min(at, text.length);
}
