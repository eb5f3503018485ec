import { linesOf, rowsOf } from '../input/scroll.ts';
import { timingBars } from '../painting/bars.ts';
import { blank, cellLine, fitted, type Line, marked, type Span, span, wrapped } from '../painting/cells.ts';
import { layoutOf } from '../painting/layout.ts';
import { type State, shownTalk } from '../state.ts';
import { selectedOf } from '../talk.ts';
import { partialSpans } from './utterance.ts';

/** The visible rows of the conversation, with the panel if there is room. */
export function conversation(state: State): Line[] {
  const layout = layoutOf(state);
  const rows = talkRows(state, layout.body);
  if (layout.panel === 0) return rows;
  const panel = panelRows(state, layout.panel);
  return Array.from({ length: layout.body }, (_, index) => [
    ...fitted(rows[index] ?? [], layout.main),
    span(' │ ', 'dim'),
    ...(panel[index] ?? []),
  ]);
}

function talkRows(state: State, height: number): Line[] {
  const talk = shownTalk(state);
  if (talk.utterances.length === 0) return nothing(state);
  const { starts, first, total } = rowsOf(state);
  const selected = selectedOf(talk);
  const words = state.search?.query.split(/\s+/).filter(Boolean) ?? [];
  const rows: Line[] = [];
  // A short conversation is at the bottom, near the next utterance.
  for (let missing = total; missing < height; missing += 1) rows.push([]);
  const from = Math.max(
    0,
    starts.findLastIndex((start) => start <= first),
  );
  for (let index = from; index < talk.utterances.length && rows.length < height; index += 1) {
    const utterance = talk.utterances[index];
    if (!utterance) break;
    const start = starts[index] ?? 0;
    const lines = linesOf(state, utterance);
    const gutter: Span = utterance === selected ? span('▌ ', 'accent') : blank(2);
    for (const [row, line] of lines.entries()) {
      if (start + row < first || rows.length >= height) continue;
      const last = row === lines.length - 1;
      rows.push(last ? [] : [gutter, ...marked(line, words, 'chosen')]);
    }
  }
  return rows;
}

function nothing(state: State): Line[] {
  // The journal is not loaded yet.
  if (state.status === null) return [];
  const { body, main } = layoutOf(state);
  const key = state.status.hotkey.state === 'grabbed' ? state.status.hotkey.keys[0] : undefined;
  const words = state.search
    ? ['Nothing with these words.', 'Escape goes back to the conversation.']
    : [
        'Nothing was said yet.',
        key ? `Press ${cellLine(key)} in any app and speak,` : 'Press space here and speak,',
        'or w to write a prompt.',
      ];
  const rows = words.flatMap((line, index) => wrapped([span(line, index === 0 ? 'strong' : 'dim')], main));
  const above = Math.max(0, Math.floor((body - rows.length) / 2));
  const indent = Math.max(0, Math.floor((main - 40) / 2));
  return [...Array.from({ length: above }, (): Line => []), ...rows.map((row) => [blank(indent), ...row])];
}

/** Details of the selected utterance and the session. */
function panelRows(state: State, width: number): Line[] {
  const selected = selectedOf(shownTalk(state));
  const session = state.sessions[selected?.project || state.project];
  const bars = timingBars(selected?.timings ?? {}, width);
  const facts: [string, string][] = [
    ['project', selected?.project || state.project],
    ['session', session?.state ?? ''],
    ['model', session?.model ?? ''],
    ['thread', session?.thread?.slice(-6) ?? ''],
    ['transport', session?.transport ?? ''],
  ];
  const known = facts.filter(([, value]) => value !== '');
  const reason = session?.reason;
  return [
    title('Timings'),
    ...(bars.length > 0 ? bars : [[span('none yet', 'dim')]]),
    [],
    title('Session'),
    ...known.map(([name, value]): Line => [span(name.padEnd(11), 'dim'), span(cellLine(value))]),
    ...(reason ? wrapped([span(`${reason.message} ${reason.hint}`, 'warn')], width) : []),
    ...(state.queue.length > 0 ? [[], title(`Queue ${state.queue.length}`)] : []),
    ...state.queue
      .slice(0, 5)
      .map((entry): Line => [span(`${entry.state}  `, 'dim'), span(cellLine(entry.prompt))]),
  ];
}

function title(text: string): Line {
  return [span(text, 'strong')];
}

/** The last words so far that fit. */
export function lastWords({ text, stable }: State['partial'], cells: number): Line {
  const from = Math.max(0, text.length - cells);
  const cutOff = from > 0 ? text.indexOf(' ', from) + 1 || from : 0;
  const rest = text.slice(cutOff);
  return [...(cutOff > 0 ? [span('…', 'dim')] : []), ...partialSpans(rest, Math.max(0, stable - cutOff))];
}
