import type { Utterance } from '../../control/shapes.ts';
import type { Line } from '../painting/cells.ts';
import { layoutOf } from '../painting/layout.ts';
import { type State, shownTalk, withShownTalk } from '../state.ts';
import { selectedOf, type Talk } from '../talk.ts';
import { utteranceLines } from '../views/utterance.ts';

/** First row of each utterance in the whole conversation. */
interface Rows {
  starts: readonly number[];
  total: number;
  /** Rows of the view. */
  height: number;
  /** The first row that is shown. */
  first: number;
}

/** Rows of one utterance of the shown conversation. */
export function linesOf(state: State, utterance: Utterance): readonly Line[] {
  const talk = shownTalk(state);
  const { main, panel } = layoutOf(state);
  const details = talk.details && panel === 0 && utterance === selectedOf(talk);
  const stable = utterance.id === state.speaking ? { stable: state.partial.stable } : {};
  return utteranceLines(utterance, { width: main, details, ...stable });
}

/** Heights of all utterances at the present size, and the visible rows. */
export function rowsOf(state: State): Rows {
  const talk = shownTalk(state);
  const { body } = layoutOf(state);
  const starts: number[] = [];
  let total = 0;
  for (const utterance of talk.utterances) {
    starts.push(total);
    total += linesOf(state, utterance).length;
  }
  return { starts, total, height: body, first: firstRow(talk, starts, total, body) };
}

function firstRow(
  { top, utterances }: Talk,
  starts: readonly number[],
  total: number,
  height: number,
): number {
  const end = Math.max(0, total - height);
  if (top === null) return end;
  const index = utterances.findIndex(({ id }) => id === top.id);
  return index < 0 ? end : Math.min(end, (starts[index] ?? 0) + top.row);
}

/** Scrolls to a row. At the end, new rows are followed. */
function scrolledTo(state: State, row: number): State {
  const talk = shownTalk(state);
  const { starts, total, height } = rowsOf(state);
  const first = Math.max(0, row);
  if (first >= total - height) return withShownTalk(state, { ...talk, top: null });
  const index = Math.max(
    0,
    starts.findLastIndex((start) => start <= first),
  );
  const utterance = talk.utterances[index];
  const top = utterance ? { id: utterance.id, row: first - (starts[index] ?? 0) } : null;
  return withShownTalk(state, { ...talk, top });
}

/** Scrolls by rows, keeping the selection visible. */
export function scrolledBy(state: State, by: number): State {
  const after = scrolledTo(state, rowsOf(state).first + by);
  const talk = shownTalk(after);
  const rows = rowsOf(after);
  const index = selectedIndex(talk);
  const start = rows.starts[index] ?? 0;
  const end = rows.starts[index + 1] ?? rows.total;
  if (end > rows.first && start < rows.first + rows.height) return after;
  const seen =
    by < 0
      ? rows.starts.findLastIndex((each) => each < rows.first + rows.height)
      : rows.starts.findIndex((_, at) => (rows.starts[at + 1] ?? rows.total) > rows.first);
  return withShownTalk(after, { ...talk, selected: talk.utterances[seen]?.id ?? null });
}

/** Rows that a step moves within an utterance taller than the view. */
const STEP = 3;

/** Moves to the next (1) or previous (-1) utterance. One taller than the view is first scrolled to its end. */
export function stepped(state: State, direction: 1 | -1): State {
  const talk = shownTalk(state);
  const rows = rowsOf(state);
  const index = selectedIndex(talk);
  const start = rows.starts[index] ?? 0;
  const end = rows.starts[index + 1] ?? rows.total;
  const hidden = direction > 0 ? end > rows.first + rows.height : start < rows.first;
  if (hidden) return scrolledTo(state, rows.first + direction * STEP);
  const next = talk.utterances[index + direction];
  if (!next) return state;
  return revealed(withShownTalk(state, { ...talk, selected: next.id }), index + direction, direction);
}

/** Scrolls until an utterance is visible: to its beginning when moving down, to its end when moving up. */
function revealed(state: State, index: number, direction: 1 | -1): State {
  const rows = rowsOf(state);
  const start = rows.starts[index] ?? 0;
  const end = rows.starts[index + 1] ?? rows.total;
  if (start >= rows.first && end <= rows.first + rows.height) return state;
  const whole = end - start <= rows.height;
  if (direction > 0) return scrolledTo(state, whole ? end - rows.height : start);
  return scrolledTo(state, whole ? start : end - rows.height);
}

/** Scrolls to the oldest loaded utterance, or to the newest, which is followed. */
export function scrolledToEnd(state: State, end: 'first' | 'last'): State {
  const talk = shownTalk(state);
  if (end === 'last') return withShownTalk(state, { ...talk, selected: null, top: null });
  const first = talk.utterances[0];
  return scrolledTo(withShownTalk(state, { ...talk, selected: first?.id ?? null }), 0);
}

/** True when the beginning of the loaded utterances is near. */
export function wantsOlder(state: State): boolean {
  const talk = shownTalk(state);
  if (state.view !== 'talk' || talk.older !== 'unknown' || talk.utterances.length === 0) return false;
  const { first, height } = rowsOf(state);
  return first < height;
}

function selectedIndex(talk: Talk): number {
  const selected = selectedOf(talk);
  return selected ? talk.utterances.indexOf(selected) : 0;
}
