import type { Level } from '../../control/overview.ts';
import type { Timings } from '../../control/shapes.ts';
import { loudness } from '../../loudness.ts';
import type { Percentiles } from '../../metrics/percentiles.ts';
import { STAGES } from '../../metrics/percentiles.ts';
import { blank, fitted, type Line, type Look, type Span, span } from './cells.ts';

const HEIGHTS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Name and meaning of each stage. */
export const STAGE_NAMES: Readonly<Record<keyof Timings, { name: string; what: string }>> = {
  microphone: { name: 'microphone', what: 'key to first sound' },
  speech: { name: 'speech', what: 'you spoke' },
  endpoint: { name: 'endpoint', what: 'silence until it counts as the end' },
  transcription: { name: 'transcription', what: 'Whisper' },
  transcript_wait: { name: 'transcript wait', what: 'end of speech to text' },
  review: { name: 'review', what: 'shown before it was sent' },
  delivery: { name: 'delivery', what: 'typed into Codex' },
  first_token: { name: 'first token', what: 'Codex begins to answer' },
  answer: { name: 'answer', what: 'Codex is done' },
  notify: { name: 'notify', what: 'the notification is there' },
  loop: { name: 'loop', what: 'you waited' },
};

const NAME_CELLS = 15;
const TIME_CELLS = 8;
/** Width of the longest meaning, with a gap. */
const WHAT_CELLS = Math.max(...Object.values(STAGE_NAMES).map(({ what }) => what.length)) + 2;
/** From this width on, each bar has its meaning. */
export const EXPLAINED_WIDTH = 78;

/** Formats milliseconds: `412 ms`, `1.84 s`, `2 m 05 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s`;
}

/** The newest levels, one cell each. Speech is highlighted. */
export function sparkline(levels: readonly Level[], cells: number): Line {
  const spans: Span[] = [];
  for (const { dbfs, speaking } of levels.slice(-Math.max(0, cells))) {
    const bar = HEIGHTS[Math.round(loudness(dbfs) * (HEIGHTS.length - 1))] ?? '';
    const look: Look = speaking ? 'good' : 'dim';
    const last = spans.at(-1);
    if (last?.look === look) spans[spans.length - 1] = { text: last.text + bar, look };
    else spans.push({ text: bar, look });
  }
  return spans;
}

/** A share of the width, to half a cell; at least half a cell unless it is 0. */
export function bar(share: number, cells: number): string {
  const halves = Math.round(Math.min(1, Math.max(0, share)) * Math.max(0, cells) * 2);
  const length = share > 0 ? Math.max(1, halves) : 0;
  return '━'.repeat(Math.floor(length / 2)) + (length % 2 === 1 ? '╸' : '');
}

/** The stages of an utterance with times and bars in proportion to the longest, and their meaning if there is room. */
export function timingBars(timings: Timings, width: number): Line[] {
  const happened = STAGES.filter((stage) => timings[stage] !== undefined);
  const longest = Math.max(1, ...happened.map((stage) => timings[stage] ?? 0));
  const words = width >= EXPLAINED_WIDTH ? WHAT_CELLS : 0;
  const cells = Math.max(4, Math.min(60, width - NAME_CELLS - TIME_CELLS - words - 3));
  return happened.map((stage) => {
    const ms = timings[stage] ?? 0;
    return [
      ...fitted([span(STAGE_NAMES[stage].name, stage === 'loop' ? 'strong' : 'plain')], NAME_CELLS),
      span(duration(ms).padStart(TIME_CELLS), stage === 'loop' ? 'strong' : 'plain'),
      blank(2),
      ...(words > 0 ? fitted([span(STAGE_NAMES[stage].what, 'dim')], words) : []),
      span(bar(ms / longest, cells), stage === 'loop' ? 'accent' : 'code'),
    ];
  });
}

/** The percentiles of each stage as a table, with the median as a bar up to p95 if there is room. */
export function percentileRows(stages: Partial<Record<keyof Timings, Percentiles>>, width: number): Line[] {
  const known = STAGES.filter((stage) => stages[stage] !== undefined);
  const rest = width - NAME_CELLS - 3 * (TIME_CELLS + 1);
  const withCount = rest >= 7;
  const cells = Math.min(60, rest - (withCount ? 7 : 0) - 3);
  const longest = Math.max(1, ...known.map((stage) => stages[stage]?.p95 ?? 0));
  const column = (text: string, look: Look): Line => [span(text.padStart(TIME_CELLS + 1), look)];
  const head: Line = [
    ...fitted([], NAME_CELLS),
    ...(['median', 'p95', 'max'] as const).flatMap((name) => column(name, 'dim')),
    ...(withCount ? [span('count'.padStart(7), 'dim')] : []),
  ];
  const rows = known.map((stage): Line => {
    const { median, p95, max, count } = stages[stage] as Percentiles;
    const look: Look = stage === 'loop' ? 'strong' : 'plain';
    const solid = bar(median / longest, cells);
    const reach = Math.max(0, Math.round((p95 / longest) * cells) - solid.length);
    return [
      ...fitted([span(STAGE_NAMES[stage].name, look)], NAME_CELLS),
      ...[median, p95, max].flatMap((ms) => column(duration(ms), look)),
      ...(withCount ? [span(String(count).padStart(7), 'dim')] : []),
      ...(cells >= 8 ? [blank(3), span(solid, 'code'), span('─'.repeat(reach), 'dim')] : []),
    ];
  });
  return [head, ...rows];
}
