import type { Utterance } from '../../control/shapes.ts';
import { duration, timingBars } from '../painting/bars.ts';
import { cellLine, cut, ends, type Line, type Look, span, wrapped } from '../painting/cells.ts';
import { markdownLines } from '../painting/markdown.ts';

interface UtteranceOptions {
  width: number;
  /** Show its timings below it. */
  details: boolean;
  /** While it is being spoken: UTF-16 units of the words so far that will not change. */
  stable?: number;
}

/** Symbol, look and name of each state. */
const STATES: Readonly<Record<Utterance['state'], { sign: string; look: Look; word: string }>> = {
  listening: { sign: '●', look: 'good', word: 'listening' },
  heard: { sign: '○', look: 'warn', word: 'waiting' },
  accepted: { sign: '◐', look: 'accent', word: 'working' },
  answered: { sign: '✓', look: 'good', word: 'answered' },
  interrupted: { sign: '■', look: 'warn', word: 'interrupted' },
  failed: { sign: '✗', look: 'bad', word: 'failed' },
  cancelled: { sign: '–', look: 'dim', word: 'cancelled' },
  empty: { sign: '–', look: 'dim', word: 'nothing was said' },
};

/** Columns at the left of each row, for the mark of the selected one. */
const GUTTER = 2;

interface Cached {
  key: string;
  lines: readonly Line[];
}
/** Utterances are never changed, only replaced, so cached rows stay correct. */
const made = new WeakMap<Utterance, Cached>();

/** Returns an utterance as rows, without the mark of the selected one. The last row is empty. */
export function utteranceLines(utterance: Utterance, options: UtteranceOptions): readonly Line[] {
  const key = `${options.width} ${options.details} ${options.stable}`;
  const known = made.get(utterance);
  if (known?.key === key) return known.lines;
  const lines = layOut(utterance, options);
  made.set(utterance, { key, lines });
  return lines;
}

function layOut(utterance: Utterance, { width, details, stable }: UtteranceOptions): Line[] {
  const { prompt, transcript, answer, error, timings } = utterance;
  const room = Math.max(1, width - GUTTER);
  const lines: Line[] = [header(utterance, room)];
  const said = (prompt ?? transcript ?? '').trim();
  if (said !== '') lines.push(...spoken(said, utterance.state === 'listening' ? stable : undefined, room));
  if (transcript !== null && prompt !== null && differ(transcript, prompt)) {
    lines.push(...hanging('heard: ', cellLine(transcript), 'dim', room));
  }
  if (answer !== null && answer.trim() !== '') lines.push([], ...markdownLines(answer, room));
  if (error !== null) {
    lines.push(...wrapped([span(`${error.message} `, 'bad'), span(`[${error.code}]`, 'dim')], room));
    lines.push(...wrapped([span(error.hint, 'dim')], room));
  }
  if (details) {
    const bars = timingBars(timings, room);
    lines.push([], ...(bars.length > 0 ? bars : [[span('no timings yet', 'dim')]]));
  }
  return [...lines.map((line) => cut(line, room)), []];
}

function header({ state, project, rule, source, timings, at }: Utterance, room: number): Line {
  const { sign, look, word } = STATES[state];
  const waited = timings.loop ?? timings.first_token;
  const facts = [project, rule === null || rule === 'default' ? '' : rule, source].filter(Boolean);
  const left: Line = [
    span(sign, look),
    span(` ${clockTime(at)}`, 'dim'),
    ...(facts.length > 0 ? [span(`  ${cellLine(facts.join(' · '))}`, 'dim')] : []),
  ];
  const quiet: Look = look === 'good' ? 'dim' : look;
  const right: Line = [
    ...(waited === undefined ? [] : [span(`${duration(waited)}  `, 'dim')]),
    span(word, state === 'listening' ? 'good' : quiet),
  ];
  return ends(left, right, room);
}

/** The words as they were sent. While they are spoken, the part that may change is dimmed. */
function spoken(said: string, stable: number | undefined, room: number): Line[] {
  const rows =
    stable === undefined
      ? said.split('\n').flatMap((line) => wrapped([span(line, 'strong')], room - 2))
      : wrapped(partialSpans(said, stable), room - 2);
  return rows.map((row, index) => [span(index === 0 ? '› ' : '  ', 'accent'), ...row]);
}

/** The words so far; the part that may change is dimmed. */
export function partialSpans(text: string, stable: number): Line {
  return [span(text.slice(0, stable), 'strong'), span(text.slice(stable), 'dim')];
}

function hanging(label: string, text: string, look: Look, room: number): Line[] {
  const rows = wrapped([span(text, look)], room - 2 - label.length);
  return rows.map((row, index) => [
    span(`  ${index === 0 ? label : ' '.repeat(label.length)}`, 'dim'),
    ...row,
  ]);
}

/** True when the transcript differs from the prompt in more than case, punctuation and spaces. */
function differ(transcript: string, prompt: string): boolean {
  const words = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  return words(transcript) !== words(prompt);
}

/** Returns the time, with the day unless it is today. */
export function clockTime(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (date.toDateString() === new Date().toDateString()) return time;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}
