import type { QueueEntry } from '../../control/shapes.ts';
import { widthOf } from '../../text/width.ts';
import { cellLine, ends, fitted, type Line, type Look, span, wrapped } from '../painting/cells.ts';
import { layoutOf } from '../painting/layout.ts';
import type { State } from '../state.ts';
import { clockTime } from './utterance.ts';

/** Prompts that are not answered yet. */
export function queue(state: State): Line[] {
  const { main, body } = layoutOf(state);
  if (state.queue.length === 0)
    return [
      [],
      [span('Nothing waits.', 'strong')],
      [span('What is said while Codex works waits here.', 'dim')],
    ];
  const widest = Math.min(16, Math.max(...state.queue.map(({ project }) => widthOf(cellLine(project)))));
  const rows = state.queue.map((entry, index): Line => {
    const { look, word } = QUEUE_STATES[entry.state];
    return row(index === state.queueRow, [
      span(`${String(index + 1).padStart(2)}  `, 'dim'),
      ...fitted([span(word, look)], 11),
      ...fitted([span(cellLine(entry.project), 'dim')], widest + 2),
      span(cellLine(entry.prompt)),
    ]);
  });
  const chosen = state.queue[state.queueRow];
  const about = chosen ? wrapped([span(QUEUE_STATES[chosen.state].about, 'dim')], main) : [];
  const room = Math.max(1, body - 2 - about.length);
  return [[], ...windowed(rows, state.queueRow, room), [], ...about];
}

const QUEUE_STATES: Readonly<Record<QueueEntry['state'], { look: Look; word: string; about: string }>> = {
  sending: { look: 'accent', word: 'sending', about: 'It is being sent, or Codex works on it.' },
  queued: { look: 'plain', word: 'waits', about: 'It is sent when Codex is done with those before it.' },
  uncertain: {
    look: 'warn',
    word: 'uncertain',
    about: 'It may have been sent before something died: only you can know. s sends it again, x drops it.',
  },
};

/** The projects, or the conversations of one. */
export function projects(state: State): Line[] {
  const { body, main } = layoutOf(state);
  if (state.sessionList) return sessions(state);
  if (state.projects.length === 0) return [[], [span('No projects are known yet.', 'dim')]];
  const widest = Math.min(20, Math.max(...state.projects.map(({ name }) => widthOf(cellLine(name)))));
  const rows = state.projects.map((project, index): Line => {
    const { name, path, current, chosen, session, queued, aliases } = project;
    const facts = [session, queued > 0 ? `${queued} queued` : '', chosen ? 'chosen' : '']
      .filter(Boolean)
      .join(' · ');
    const others = aliases.length > 0 ? `  (${aliases.map(cellLine).join(', ')})` : '';
    return row(index === state.projectRow, [
      span(current ? '● ' : '  ', 'good'),
      ...fitted([span(cellLine(name), current ? 'strong' : 'plain')], widest + 2),
      ...fitted([span(facts, session === 'down' ? 'bad' : 'dim')], 18),
      span(cellLine(path), 'dim'),
      span(others, 'dim'),
    ]);
  });
  const chosen = state.projects.some((project) => project.chosen);
  const about = chosen
    ? 'Prompts go to the chosen project; u lets the focused window decide again.'
    : 'Prompts go to the folder of the focused window, else to the project that is marked.';
  const told = wrapped([span(about, 'dim')], main);
  return [[], ...windowed(rows, state.projectRow, body - 2 - told.length), [], ...told];
}

function sessions({ sessionList, sessionRow, size, field, text, view }: State): Line[] {
  const { body, main } = layoutOf({ size, field, text, view });
  if (!sessionList) return [];
  const head: Line = [span('Conversations of ', 'dim'), span(cellLine(sessionList.project), 'strong')];
  if (sessionList.threads === null) return [[], head, [], [span('Codex is asked for them…', 'dim')]];
  if (sessionList.threads.length === 0) return [[], head, [], [span('None yet.', 'dim')]];
  const rows = sessionList.threads.map(({ id, at, name, preview }, index): Line => {
    const current = id === sessionList.current;
    const left: Line = [
      span(current ? '● ' : '  ', 'good'),
      ...fitted([span(clockTime(at), 'dim')], 18),
      span(cellLine(name ?? preview) || '(no words)', current ? 'strong' : 'plain'),
    ];
    return row(index === sessionRow, ends(left, [span(id.slice(-6), 'dim')], main - 2));
  });
  return [[], head, [], ...windowed(rows, sessionRow, body - 3)];
}

function row(chosen: boolean, line: Line): Line {
  return [span(chosen ? '▌ ' : '  ', 'accent'), ...line];
}

/** The rows around the selected one that fit. */
function windowed(rows: readonly Line[], chosen: number, room: number): Line[] {
  const height = Math.max(1, room);
  const first = Math.max(0, Math.min(chosen - Math.floor(height / 2), rows.length - height));
  return rows.slice(first, first + height);
}
