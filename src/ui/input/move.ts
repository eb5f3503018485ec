import { clampedScroll } from '../painting/cells.ts';
import { layoutOf } from '../painting/layout.ts';
import { type State, shownRequest } from '../state.ts';
import { requestRows } from '../views/requests.ts';
import { textLines } from '../views/texts.ts';
import { choicesOf } from './choices.ts';
import type { Command } from './keys.ts';
import { rowsOf, scrolledBy, scrolledToEnd, stepped } from './scroll.ts';

type Name = Command['name'];

/** Rows that each command moves, in pages or lines. */
function distance(name: Name, height: number): number | null {
  const page = Math.max(1, height - 2);
  const distances: Partial<Record<Name, number>> = {
    down: 1,
    up: -1,
    'line-down': 1,
    'line-up': -1,
    'page-down': page,
    'page-up': -page,
    first: Number.NEGATIVE_INFINITY,
    last: Number.POSITIVE_INFINITY,
  };
  return distances[name] ?? null;
}

/** Moves in the list, text or conversation of the view. */
export function moved(state: State, name: Name): State {
  const { body } = layoutOf(state);
  const by = distance(name, body);
  if (by === null) return state;
  if (state.help)
    return { ...state, scroll: clampedScroll(state.scroll + by, textLines(state).length, body) };
  switch (state.view) {
    case 'talk':
      return movedInTalk(state, name, by);
    case 'requests':
      return movedInRequest(state, name, by);
    case 'queue':
      return { ...state, queueRow: inList(state.queueRow, by, state.queue.length) };
    case 'projects': {
      const { sessionList, sessionRow, projectRow, projects } = state;
      if (!sessionList) return { ...state, projectRow: inList(projectRow, by, projects.length) };
      return { ...state, sessionRow: inList(sessionRow, by, sessionList.threads?.length ?? 0) };
    }
    default:
      return { ...state, scroll: clampedScroll(state.scroll + by, textLines(state).length, body) };
  }
}

function movedInTalk(state: State, name: Name, by: number): State {
  if (name === 'down' || name === 'up') return stepped(state, by > 0 ? 1 : -1);
  if (name === 'first' || name === 'last') return scrolledToEnd(state, name);
  const { first } = rowsOf(state);
  return scrolledBy(state, Math.max(-first, by));
}

/** The arrows choose among options; otherwise they scroll. */
function movedInRequest(state: State, name: Name, by: number): State {
  const { request } = state;
  const question = shownRequest(state)?.questions[request.question];
  const options = question ? choicesOf(question).length : 0;
  if (options > 0 && (name === 'down' || name === 'up')) {
    return { ...state, request: { ...request, option: inList(request.option, by, options) } };
  }
  const scroll = clampedScroll(request.scroll + by, requestRows(state), layoutOf(state).body);
  return { ...state, request: { ...request, scroll } };
}

function inList(row: number, by: number, count: number): number {
  return Math.max(0, Math.min(count - 1, row + by));
}
