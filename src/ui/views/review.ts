import { blank, cellLine, cut, ends, type Line, lineWidth, type Screen, span } from '../painting/cells.ts';
import { layoutOf, MARGIN } from '../painting/layout.ts';
import type { ReviewField, State } from '../state.ts';
import { hintOf, spaced } from './chrome.ts';
import { editorView } from './editor.ts';

/** As many of the first ones are shown as fit. */
const KEYS: readonly Line[] = [
  hintOf('Enter', 'send'),
  hintOf('Esc', 'do not send'),
  hintOf('Ctrl+J', 'new line'),
  hintOf('Ctrl+X', 'back to the countdown'),
];

/** A prompt in review: its text has the whole screen. */
export function reviewScreen(state: State, field: ReviewField): Screen {
  const { columns, field: height, text: width } = layoutOf(state);
  const view = editorView(state.text, width, height);
  const where = view.rows > height ? `${view.row}/${view.rows}` : 'the countdown is stopped';
  const title = span(`${cellLine(field.project)} · before it is sent`, 'accent');
  const text = view.lines.map((line): Line => [blank(1), ...line]);
  while (text.length < height) text.push([]);
  const framed = height < state.size.rows;
  const rows = framed
    ? [
        ends([title], [span(where, 'dim')], columns),
        [span('─'.repeat(columns), 'dim')],
        ...text,
        [],
        foot(state, field, columns),
      ]
    : text;
  return {
    lines: rows.slice(0, state.size.rows).map((line) => [blank(MARGIN), ...cut(line, columns)]),
    cursor: { x: MARGIN + 1 + view.cursor.column, y: (framed ? 2 : 0) + view.cursor.row },
  };
}

/** An error, or else the keys. */
function foot({ link, notice }: State, { gone }: ReviewField, columns: number): Line {
  if (link.kind === 'lost')
    return [span(`${link.reason.message} Your text is still here; waiting for the daemon.`, 'bad')];
  if (gone) return [span('Sent or cancelled elsewhere. Enter sends this text as a new prompt.', 'bad')];
  if (notice) return [span(`${notice.text} ${notice.hint}`, notice.look)];
  const count = KEYS.findLastIndex((_, index) => lineWidth(spaced(KEYS.slice(0, index + 1))) <= columns) + 1;
  return spaced(KEYS.slice(0, count));
}
