import type { Overview } from '../control/overview.ts';
import type { Activity, Timings } from '../control/shapes.ts';
import { loudnessCharacter } from '../loudness.ts';
import { lineText } from '../text/clean.ts';
import { clip, widthOf } from '../text/width.ts';
import { status } from '../wording/status.ts';

/** The meaning of a part; each tone has a colour. */
export type Tone = 'idle' | 'listening' | 'hearing' | 'working' | 'asks' | 'trouble' | 'text' | 'faint';

interface StatusPart {
  text: string;
  tone: Tone;
}

/** What the line shows beside the overview. */
export interface StatusView {
  project: string;
  columns: number;
  /** Rows between the view and the newest rows. */
  scrolled?: number;
  /** Size of the hidden terminal, when another window makes it smaller than this one. */
  smaller?: { columns: number; rows: number };
}

/** The stages of an utterance that the user waits for, in order. */
const SHOWN = ['microphone', 'transcription', 'delivery', 'first_token', 'loop'] as const;

/** Levels in the meter: one second. */
const MOST_LEVELS = 10;

/** Space between two parts. */
const GAP = '  ';
/** Fewer columns of a shortened text are not worth showing. */
const LEAST = 12;

/** Codex's activity takes at most half of a wide line, or these columns of a narrow one. */
const MOST_DOING = 24;

/** A part with the data that decide its place. */
interface Wish extends StatusPart {
  side: 'left' | 'right';
  /** The part may be shortened; this side of it matters more. */
  keep?: 'beginning' | 'end';
  /** UTF-16 units at its end that may still change; they are faint. */
  unsettled?: number;
}

/**
 * Returns a line about a project, exactly as wide as requested: the least important parts are left out first, and long
 * texts are shortened. The texts are plain, one line, and safe to show.
 */
export function statusLine(overview: Overview, view: StatusView): StatusPart[] {
  const chip = stageOf(overview, view.project);
  const most = view.columns - 2;
  chip.text = clip(` ${clip(chip.text, Math.min(most, Math.max(MOST_DOING, most / 2)))} `, view.columns);
  let left = view.columns - widthOf(chip.text);
  const taken: Wish[] = [];
  for (const wish of wishes(overview, view)) {
    const room = left - GAP.length - (wish.side === 'right' ? 1 : 0);
    const width = widthOf(wish.text);
    if (width > room && (wish.keep === undefined || room < LEAST)) continue;
    const text = clip(wish.text, room, wish.keep);
    taken.push({ ...wish, text });
    left -= widthOf(text) + GAP.length;
  }
  const beside = (side: Wish['side']) => taken.filter((part) => part.side === side);
  const line: StatusPart[] = [chip];
  for (const wish of beside('left')) line.push(...inTones(wish));
  const right = beside('right').toReversed();
  const used = [...line, ...right].reduce((sum, { text }) => sum + widthOf(text), 0);
  const spaces = view.columns - used - right.length * GAP.length;
  line.push({ text: ' '.repeat(Math.max(0, spaces)), tone: 'text' });
  for (const { text, tone } of right) line.push({ text: ` ${text} `, tone });
  return line;
}

/** Splits a text so that the part that may still change is faint. */
function inTones({ text, tone, unsettled = 0 }: Wish): StatusPart[] {
  const settled = Math.max(0, text.length - unsettled);
  if (unsettled === 0) return [{ text: ` ${text} `, tone }];
  return [
    { text: ` ${text.slice(0, settled)}`, tone },
    { text: `${text.slice(settled)} `, tone: 'faint' },
  ];
}

/** Number of units at the end of the shown words that may still change. */
function unsettledOf({ partial: { text: partial, stable } }: Overview, said: string): number {
  if (stable >= partial.length) return 0;
  const settled = lineText(partial.slice(0, stable)).length;
  return said.length - settled + status.said('').length / 2;
}

/** The parts by weight. Those of each side are also in their order on the line; on the right, from the edge inwards. */
function wishes(overview: Overview, { project, scrolled = 0, smaller }: StatusView): Wish[] {
  const found: Wish[] = [{ text: lineText(project), tone: 'text', side: 'left' }];
  const add = (text: string, tone: Tone, more: Partial<Wish> = {}): void => {
    if (text !== '') found.push({ text, tone, side: 'left', ...more });
  };
  const asks = overview.pending.filter((request) => request.project === project);
  if (asks.length > 1) add(status.requests(asks.length), 'asks');
  else if (asks[0]) add(lineText(asks[0].title), 'asks', { keep: 'beginning' });
  const said = lineText(overview.partial.text);
  if (said !== '') add(status.said(said), 'text', { keep: 'end', unsettled: unsettledOf(overview, said) });
  if (scrolled > 0) add(status.back(scrolled), 'text');
  const waiting = overview.queue.filter(
    (entry) => entry.project === project && entry.state === 'queued',
  ).length;
  if (waiting > 0) add(status.queued(waiting), 'text');
  add(status.detach, 'faint', { side: 'right' });
  add(timesOf(overview.timings), 'faint', { side: 'right' });
  if (smaller) add(status.smaller(smaller.columns, smaller.rows), 'faint');
  add(threadOf(overview, project), 'faint');
  return found;
}

/** Draws loudness over time, one character a level. */
export function meter(levels: readonly number[]): string {
  return levels.map(loudnessCharacter).join('');
}

function stageOf(overview: Overview, project: string): StatusPart {
  if (overview.stage === 'listening') {
    return {
      text: status.listening(meter(overview.levels.slice(-MOST_LEVELS).map(({ dbfs }) => dbfs))),
      tone: 'listening',
    };
  }
  if (overview.stage === 'finishing') return { text: status.transcribing, tone: 'hearing' };
  if (overview.stage === 'paused') return { text: status.paused, tone: 'idle' };
  const state = overview.sessions[project]?.state ?? 'parked';
  switch (state) {
    case 'waiting':
      return { text: status.asks, tone: 'asks' };
    case 'working':
      return { text: status.works(lineText(activityIn(overview, project)?.text ?? state)), tone: 'working' };
    case 'recovering':
    case 'down':
      return { text: status.trouble(state), tone: 'trouble' };
    default:
      return { text: state, tone: 'idle' };
  }
}

/** Returns Codex's activity for the newest prompt of a project. */
function activityIn({ activities }: Overview, project: string): Activity | undefined {
  return Object.values(activities).findLast((activity) => activity.project === project);
}

function threadOf(overview: Overview, project: string): string {
  const thread = overview.sessions[project]?.thread;
  // Codex's ids are UUIDs of version 7: their beginning is the time, so only the end is distinctive.
  return thread ? status.thread(lineText(thread).slice(-6)) : '';
}

function timesOf(timings: Timings): string {
  return SHOWN.flatMap((stage) => {
    const ms = timings[stage];
    return ms === undefined ? [] : [status.time(stage, ms)];
  }).join(' ');
}

/** SGR of each tone: light text on a dark bar, whatever the theme; 256 colours. */
const COLOURS: Readonly<Record<Tone, string>> = {
  idle: '0;38;5;252;48;5;240',
  listening: '0;1;38;5;231;48;5;160',
  hearing: '0;1;38;5;16;48;5;179',
  working: '0;1;38;5;231;48;5;25',
  asks: '0;1;38;5;16;48;5;214',
  trouble: '0;1;38;5;231;48;5;124',
  text: '0;38;5;254;48;5;236',
  faint: '0;38;5;246;48;5;236',
};

/** SGR without colours (https://no-color.org): reverse, and bold for what matters. */
const PLAIN: Readonly<Record<Tone, string>> = {
  idle: '0;7',
  listening: '0;1;7',
  hearing: '0;1;7',
  working: '0;1;7',
  asks: '0;1;7',
  trouble: '0;1;7',
  text: '0;7',
  faint: '0;7',
};

/** Returns the line as sequences that begin and end reset. It never wraps, although terminals disagree about widths. */
export function paintStatus(line: readonly StatusPart[], colour: boolean): string {
  const tones = colour ? COLOURS : PLAIN;
  const painted = line.map(({ text, tone }) => `\x1b[${tones[tone]}m${text}`).join('');
  return `\x1b[?7l${painted}\x1b[?7h\x1b[0m`;
}
