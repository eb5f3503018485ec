import type { Field, Size, State } from '../state.ts';
import { rowsOf } from './text-rows.ts';

/** The smallest terminal that is supported; smaller ones show a message. */
export const SMALLEST: Size = { columns: 40, rows: 12 };

/** Rows above the view (tabs and a rule) and below it (current events, state, keys). */
const ABOVE = 2;
const BELOW = 3;
/** From this width on there is a panel beside the conversation. */
const WIDE = 124;
const PANEL = 48;
/** Columns at the left and right of everything. */
export const MARGIN = 1;
/** Rows around a prompt in review: title, rule, an empty row, keys. */
const REVIEW_FRAME = 4;
/** The field grows up to this many rows, and to at most a third of the screen. */
const MAX_FIELD_ROWS = 8;

interface Layout {
  /** Columns between the margins. */
  columns: number;
  /** Rows of the view. */
  body: number;
  /** Columns of the view's main part. */
  main: number;
  /** Columns of the panel; 0: there is none. */
  panel: number;
  /** Rows of the field's text; 0: there is no field. */
  field: number;
  /** Columns of the field's text. */
  text: number;
}

export function layoutOf(state: Pick<State, 'size' | 'field' | 'text' | 'view'>): Layout {
  const { size, field, view } = state;
  const columns = Math.max(1, size.columns - 2 * MARGIN);
  const text = Math.max(2, columns - 2);
  const rows = field ? fieldRows(state, field, text) : 0;
  const panel = view === 'talk' && size.columns >= WIDE ? PANEL : 0;
  return {
    columns,
    body: Math.max(1, size.rows - ABOVE - BELOW - (rows > 0 ? rows + 1 : 0)),
    main: panel > 0 ? columns - panel - 3 : columns,
    panel,
    field: rows,
    text,
  };
}

function fieldRows({ text, size }: Pick<State, 'text' | 'size'>, field: Field, columns: number): number {
  if (field.kind === 'review') return Math.max(1, size.rows - REVIEW_FRAME);
  if (field.kind !== 'compose') return 1;
  const most = Math.max(1, Math.min(MAX_FIELD_ROWS, Math.floor(size.rows / 3)));
  return Math.min(most, rowsOf(text.text, columns).length);
}
