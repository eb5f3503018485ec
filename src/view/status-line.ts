import { plainText } from '../plain-text.ts';
import type { Timings } from '../utterance.ts';
import type { Facts } from './facts.ts';

/** Below this loudness the meter is empty, above the other one it is full; speech lies between. */
const QUIET_DBFS = -60;
const LOUD_DBFS = -10;
const METER = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** The stages of an utterance that a person waits for, in their order. */
const SHOWN: readonly [name: string, key: keyof Timings][] = [
  ['mic', 'microphone'],
  ['whisper', 'transcription'],
  ['pty', 'delivery'],
  ['first', 'first_token'],
  ['total', 'loop'],
];

/**
 * One line about the project that is looked at, in as many columns as there are: what matters least is left out
 * first. Plain text; whoever paints it adds the colours.
 */
export function statusLine(facts: Facts, project: string, columns: number): string {
  const left = [stageOf(facts, project), project, threadOf(facts, project)];
  const waiting = facts.queued[project] ?? 0;
  if (waiting > 0) left.push(`${waiting} queued`);
  const asks = facts.pending.filter((request) => request.project === project);
  if (asks[0]) left.push(asks.length > 1 ? `${asks.length} requests wait for you` : `asks: ${asks[0].title}`);
  const said = oneLine(facts.partial);
  const parts = [
    left.filter(Boolean).join(' · '),
    said && `“${said}”`,
    timesOf(facts.timings),
    'Ctrl-] detaches',
  ];
  return fitted(parts.filter(Boolean), columns);
}

/** The loudness as one character. */
export function meter(dbfs: number | null): string {
  if (dbfs === null) return '';
  const share = Math.min(1, Math.max(0, (dbfs - QUIET_DBFS) / (LOUD_DBFS - QUIET_DBFS)));
  return METER[Math.round(share * (METER.length - 1))] ?? '';
}

function stageOf(facts: Facts, project: string): string {
  if (facts.stage === 'listening') return `● listening ${meter(facts.level)}`.trimEnd();
  if (facts.stage === 'finishing') return '… transcribing';
  if (facts.stage === 'paused') return '⏸ paused';
  const state = facts.sessions[project]?.state ?? 'parked';
  if (state === 'working') return facts.activities[project]?.text ?? state;
  return state === 'waiting' ? 'waits for you' : state;
}

function threadOf(facts: Facts, project: string): string {
  const thread = facts.sessions[project]?.thread;
  // Codex's ids are UUIDs of version 7: the end tells them apart, the beginning is the time.
  return thread ? thread.slice(-6) : '';
}

function timesOf(timings: Timings): string {
  return SHOWN.flatMap(([name, key]) => {
    const ms = timings[key];
    return ms === undefined
      ? []
      : [`${name} ${ms < 1_000 ? `${Math.round(ms)}` : `${(ms / 1_000).toFixed(1)}s`}`];
  }).join(' ');
}

/** As many of the parts as fit, the first ones first; the very first is cut when it must be. */
function fitted(parts: readonly string[], columns: number): string {
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line} │ ${part}`;
    if ([...longer].length > columns) {
      if (line === '') return [...longer].slice(0, columns).join('');
      continue;
    }
    line = longer;
  }
  return line;
}

function oneLine(text: string): string {
  return plainText(text).replaceAll(/\s+/g, ' ');
}
