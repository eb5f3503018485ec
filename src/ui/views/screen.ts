import { blank, clampedScroll, cut, type Line, type Screen, span, wrapped } from '../painting/cells.ts';
import { layoutOf, MARGIN, SMALLEST } from '../painting/layout.ts';
import type { State } from '../state.ts';
import { fieldRule, hintLine, nowLine, stateLine, tabs } from './chrome.ts';
import { conversation } from './conversation.ts';
import { editorView } from './editor.ts';
import { projects, queue } from './lists.ts';
import { requests } from './requests.ts';
import { reviewScreen } from './review.ts';
import { textLines } from './texts.ts';

/** @param now epoch, ms */
export function screenOf(state: State, now: number): Screen {
  const { size, field: text } = state;
  if (text?.kind === 'review') return reviewScreen(state, text);
  if (size.columns < SMALLEST.columns || size.rows < SMALLEST.rows) return tooSmall(size);
  const layout = layoutOf(state);
  const [tabLine, rule] = tabs(state);
  const body = bodyOf(state).slice(0, layout.body);
  while (body.length < layout.body) body.push([]);
  const field = fieldOf(state);
  const rows = [
    tabLine,
    rule,
    ...body,
    ...field.lines,
    nowLine(state, now),
    stateLine(state),
    hintLine(state),
  ];
  const lines = rows.map((line) => [blank(MARGIN), ...cut(line, layout.columns)]);
  const top = 2 + layout.body;
  const cursor = field.cursor && { x: field.cursor.column + MARGIN, y: top + field.cursor.row };
  return { lines, cursor };
}

function bodyOf(state: State): Line[] {
  if (state.help || state.view === 'timings' || state.view === 'settings') {
    const { body } = layoutOf(state);
    const lines = textLines(state);
    const first = clampedScroll(state.scroll, lines.length, body);
    return lines.slice(first, first + body);
  }
  switch (state.view) {
    case 'talk':
      return conversation(state);
    case 'requests':
      return requests(state);
    case 'queue':
      return queue(state);
    case 'projects':
      return projects(state);
  }
}

function fieldOf(state: State): { lines: Line[]; cursor: { row: number; column: number } | null } {
  const { field, text } = state;
  if (!field || field.kind === 'review') return { lines: [], cursor: null };
  const layout = layoutOf(state);
  const secret = field.kind === 'answer' && field.secret;
  const { lines, cursor } = editorView(text, layout.text, layout.field, secret);
  while (lines.length < layout.field) lines.push([]);
  const mark = field.kind === 'search' ? '/ ' : '› ';
  const rows = lines.map((line, row) => [span(row === 0 ? mark : '  ', 'accent'), ...line]);
  return {
    lines: [fieldRule(state, field), ...rows],
    cursor: { row: cursor.row + 1, column: cursor.column + 2 },
  };
}

function tooSmall({ columns, rows }: State['size']): Screen {
  const words = `codex-voice ui needs ${SMALLEST.columns} columns and ${SMALLEST.rows} rows. q leaves.`;
  const lines = wrapped([span(words)], Math.max(1, columns)).slice(0, rows);
  while (lines.length < rows) lines.push([]);
  return { lines, cursor: null };
}
