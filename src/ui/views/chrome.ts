import { bindingsNow } from '../input/keys.ts';
import { rowsOf } from '../input/scroll.ts';
import { duration, sparkline } from '../painting/bars.ts';
import { blank, cellLine, cut, ends, type Line, type Look, lineWidth, span } from '../painting/cells.ts';
import { layoutOf } from '../painting/layout.ts';
import { type Field, type ReviewField, type State, shownRequest, VIEWS, type View } from '../state.ts';
import { hasEnded } from '../talk.ts';
import { lastWords } from './conversation.ts';
import { keyLabel } from './texts.ts';

const LONG: Readonly<Record<View, string>> = {
  talk: 'Conversation',
  requests: 'Requests',
  queue: 'Queue',
  projects: 'Projects',
  timings: 'Timings',
  settings: 'Settings',
};
const SHORT: Readonly<Record<View, string>> = {
  ...LONG,
  talk: 'Talk',
  requests: 'Asks',
  timings: 'Times',
};

/** The tabs, and below them a rule that is heavy under the open one. */
export function tabs(state: State): [tabs: Line, rule: Line] {
  const { columns } = layoutOf(state);
  const variants = [tabLine(state, LONG, true), tabLine(state, LONG, false), tabLine(state, SHORT, false)];
  const line = variants.find((each) => lineWidth(each.line) <= columns) ?? variants.at(-1);
  if (!line) return [[], []];
  const { at, width } = line;
  const note = ruleNote(state);
  const rest = columns - at - width;
  const noteCells = note === '' ? 0 : note.length + 3;
  const tail: Line =
    noteCells > 0 && noteCells < rest
      ? [span('─'.repeat(rest - noteCells), 'dim'), span(` ${note} `, 'dim'), span('─', 'dim')]
      : [span('─'.repeat(Math.max(0, rest)), 'dim')];
  return [
    cut(line.line, columns),
    cut([span('─'.repeat(at), 'dim'), span('━'.repeat(width), 'accent'), ...tail], columns),
  ];
}

function tabLine(
  state: State,
  names: typeof LONG,
  digits: boolean,
): { line: Line; at: number; width: number } {
  const counts: Partial<Record<View, number>> = { requests: state.pending.length, queue: waitingOf(state) };
  const line: Line[number][] = [];
  let open = { at: 0, width: 0 };
  for (const [index, view] of VIEWS.entries()) {
    if (index > 0) line.push(blank(2));
    const at = lineWidth(line);
    const count = counts[view] ?? 0;
    if (digits) line.push(span(`${index + 1} `, 'dim'));
    line.push(span(names[view], view === state.view ? 'accent' : 'plain'));
    if (count > 0) line.push(span(` ${count}`, view === 'requests' ? 'warn' : 'dim'));
    if (view === state.view) open = { at, width: lineWidth(line) - at };
  }
  return { line, ...open };
}

/** Number of prompts that are not in progress. */
function waitingOf({ queue }: State): number {
  return queue.filter(({ state }) => state !== 'sending').length;
}

/** A note on the shown content. */
function ruleNote(state: State): string {
  if (state.help) return 'all keys';
  if (state.view !== 'talk') return '';
  const { first, height, total } = rowsOf(state);
  const below = Math.max(0, total - first - height);
  const more = below > 0 ? `↓ ${below} rows` : '';
  if (!state.search) return more;
  const count = state.search.talk.utterances.length;
  const found = `${count}${state.search.talk.older === 'none' ? '' : '+'} with "${cellLine(state.search.query).slice(0, 24)}"`;
  return [found, more].filter(Boolean).join('  ');
}

/** What is happening now: listening, waiting requests, Codex's activity. */
export function nowLine(state: State, now: number): Line {
  const { columns } = layoutOf(state);
  if (state.link.kind === 'lost') {
    const seconds = Math.max(0, Math.round((now - state.link.since) / 1_000));
    const wait = seconds > 2 ? ` (${duration(seconds * 1_000).replace(/\.\d+/, '')})` : '';
    const words = `${state.link.reason.message} Reconnecting${wait}…`;
    return cut([span('✗ ', 'bad'), span(words, 'bad'), span(`  ${state.link.reason.hint}`, 'dim')], columns);
  }
  if (state.link.kind === 'connecting') return [span('… connecting', 'dim')];
  if (state.stage === 'listening') {
    const cells = Math.min(30, Math.floor(columns / 3));
    const wave = sparkline(state.levels, cells);
    const left: Line = [span('● ', 'good'), ...wave, blank(cells - lineWidth(wave) + 2)];
    const words = lastWords(state.partial, columns - lineWidth(left) - 1);
    return cut([...left, ...(state.partial.text === '' ? [span('listening', 'dim')] : words)], columns);
  }
  if (state.stage === 'finishing') {
    return cut(
      [span('… ', 'accent'), span('transcribing  ', 'dim'), ...lastWords(state.partial, columns - 18)],
      columns,
    );
  }
  const request = shownRequest(state);
  if (request && state.view !== 'requests') {
    const words = `${cellLine(request.project)} asks: ${cellLine(request.title)}`;
    return cut([span('! ', 'warn'), span(words, 'warn'), span('  2 shows it', 'dim')], columns);
  }
  if (state.stage === 'paused') {
    return cut(
      [span('‖ ', 'warn'), span('paused: nothing is heard', 'warn'), span('  p goes on', 'dim')],
      columns,
    );
  }
  const working = state.talk.utterances.findLast((each) => each.state === 'accepted' && !hasEnded(each));
  if (!working || (request && request.project === working.project)) return [];
  const activity = state.activities[working.id];
  const told = activity && !(activity.kind === 'thinking' && working.answer) ? cellLine(activity.text) : '';
  return cut(
    [span('◐ ', 'accent'), span(told || (working.answer ? 'answering' : 'thinking'), 'dim')],
    columns,
  );
}

const SESSION_LOOKS: Partial<Record<string, Look>> = {
  working: 'accent',
  waiting: 'warn',
  starting: 'warn',
  recovering: 'warn',
  down: 'bad',
};

/** Where prompts go, and what is there. */
export function stateLine(state: State): Line {
  const { columns } = layoutOf(state);
  const session = state.sessions[state.project];
  const word = session?.state === 'waiting' ? 'waits for you' : (session?.state ?? '');
  const left: Line = [
    span(cellLine(state.project), 'strong'),
    ...(word ? [span(' · ', 'dim'), span(word, SESSION_LOOKS[session?.state ?? ''] ?? 'good')] : []),
    ...(session?.model ? [span(` · ${cellLine(session.model)}`, 'dim')] : []),
    ...(session?.thread && columns >= 70 ? [span(` · ${session.thread.slice(-6)}`, 'dim')] : []),
    ...(waitingOf(state) > 0 ? [span(` · ${waitingOf(state)} in the queue`, 'dim')] : []),
  ];
  const hotkey = state.status?.hotkey;
  const key = hotkey?.state === 'grabbed' ? (hotkey.keys[0] ?? '') : '';
  return ends(left, [span(cellLine(key), 'dim')], columns);
}

/** The current notice, or else the relevant keys. */
export function hintLine(state: State): Line {
  const { columns } = layoutOf(state);
  const { notice } = state;
  if (notice) {
    return cut(
      [
        span(cellLine(notice.text), notice.look),
        ...(notice.hint ? [span(`  ${cellLine(notice.hint)}`, 'dim')] : []),
      ],
      columns,
    );
  }
  if (state.field) return [];
  const hints = bindingsNow(state).flatMap(({ keys, hint, command }) =>
    hint === undefined ? [] : [{ name: command.name, line: hintOf(keyLabel(keys[0] ?? ''), hint) }],
  );
  if (state.help) return hintOf('Esc', 'close');
  const last = hints.filter(({ name }) => ALWAYS.includes(name));
  const right = spaced(last.map(({ line }) => line));
  const line: Line[] = [];
  for (const hint of hints.filter((each) => !last.includes(each))) {
    if (lineWidth(spaced([...line, hint.line])) + 3 + lineWidth(right) <= columns) line.push(hint.line);
  }
  return ends(spaced(line), right, columns);
}

/** Hints with a fixed place at the right end. */
const ALWAYS: readonly string[] = ['help', 'quit'];

export function hintOf(key: string, what: string): Line {
  return [span(key, 'strong'), span(` ${what}`, 'dim')];
}

export function spaced(hints: readonly Line[]): Line {
  return hints.flatMap((hint, index) => (index === 0 ? hint : [blank(3), ...hint]));
}

/** A field below a view. */
type ShownField = Exclude<Field, ReviewField>;

/** The rule above a field names its purpose and its keys. */
export function fieldRule(state: State, field: ShownField): Line {
  const { columns } = layoutOf(state);
  const [label, keys] = FIELD_LABELS[field.kind];
  const title = field.kind === 'compose' ? `${label} ${cellLine(state.project)}` : label;
  const left: Line = [span('── ', 'dim'), span(title, 'accent'), span(' ', 'dim')];
  const right: Line = columns >= 56 ? [span(` ${keys} ──`, 'dim')] : [];
  const fill = columns - lineWidth(left) - lineWidth(right);
  return cut([...left, span('─'.repeat(Math.max(0, fill)), 'dim'), ...right], columns);
}

const FIELD_LABELS: Readonly<Record<ShownField['kind'], readonly [label: string, keys: string]>> = {
  compose: ['to', 'Enter sends, Alt-Enter: new line'],
  search: ['search the journal', 'Enter keeps, Esc closes'],
  answer: ['your answer', 'Enter takes it, Esc closes'],
};
