import type { Timings } from '../utterance.ts';

/** Moments in the life of an utterance, performance.now() in ms; absent until they happen. */
interface Marks {
  /** The key was pressed. */
  pressedAt?: number;
  firstFrameAt?: number;
  speechStartAt?: number;
  speechEndAt?: number;
  endpointAt?: number;
  textAt?: number;
  /** Its review has ended, and it may be sent. */
  reviewedAt?: number;
  acceptedAt?: number;
  firstDeltaAt?: number;
  completedAt?: number;
  /** The notification server has taken the final notification. */
  notifiedAt?: number;
}

/** The two marks between which each timing lies. */
const SPANS: readonly [name: Exclude<keyof Timings, 'transcription'>, from: keyof Marks, to: keyof Marks][] =
  [
    ['microphone', 'pressedAt', 'firstFrameAt'],
    ['speech', 'speechStartAt', 'speechEndAt'],
    ['endpoint', 'speechEndAt', 'endpointAt'],
    ['transcript_wait', 'endpointAt', 'textAt'],
    ['review', 'textAt', 'reviewedAt'],
    ['delivery', 'textAt', 'acceptedAt'],
    ['first_token', 'acceptedAt', 'firstDeltaAt'],
    ['answer', 'acceptedAt', 'completedAt'],
    ['notify', 'completedAt', 'notifiedAt'],
    ['loop', 'speechEndAt', 'firstDeltaAt'],
  ];

/**
 * Returns the timings of an utterance, ms to a tenth. A stage with a missing mark is absent; one whose marks are in
 * reverse order (a text that was ready before the endpoint) is 0.
 * @param transcription the engine's own time for the final text, ms
 */
export function timingsOf(marks: Marks, transcription?: number): Timings {
  const timings: Timings = {};
  for (const [name, from, to] of SPANS) {
    const [begin, end] = [marks[from], marks[to]];
    if (begin !== undefined && end !== undefined) timings[name] = tenths(Math.max(0, end - begin));
  }
  // Excludes review time from the delivery time.
  if (timings.delivery !== undefined && timings.review !== undefined)
    timings.delivery = tenths(Math.max(0, timings.delivery - timings.review));
  if (transcription !== undefined) timings.transcription = tenths(transcription);
  return timings;
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** Records the marks of one utterance. The first time of a mark counts. */
export class Stopwatch {
  readonly #marks: Marks = {};
  #transcription: number | undefined;

  mark(name: keyof Marks, at = performance.now()): void {
    this.#marks[name] ??= at;
  }

  /** Time of a mark; null: not yet. */
  at(name: keyof Marks): number | null {
    return this.#marks[name] ?? null;
  }

  /** Records several marks, e.g. those that listening returns. */
  marks(marks: Marks): void {
    for (const [name, at] of Object.entries(marks)) this.mark(name as keyof Marks, at);
  }

  /** Records the engine's own time, ms. */
  transcribed(ms: number): void {
    this.#transcription = ms;
  }

  get timings(): Timings {
    return timingsOf(this.#marks, this.#transcription);
  }
}
