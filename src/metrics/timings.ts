import type { Timings } from '../utterance.ts';

/** Moments in the life of an utterance: performance.now() in ms; absent while they have not come. */
export interface Marks {
  /** The key was pressed. */
  pressedAt?: number;
  firstFrameAt?: number;
  speechStartAt?: number;
  speechEndAt?: number;
  endpointAt?: number;
  textAt?: number;
  /** It was shown before it was sent, and may be sent. */
  reviewedAt?: number;
  acceptedAt?: number;
  firstDeltaAt?: number;
  completedAt?: number;
  /** The notification server took the final bubble. */
  notifiedAt?: number;
}

/** Which timing is the time between which marks. */
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
 * The timings of an utterance, ms to a tenth. A stage whose marks are missing is absent; a mark that comes before
 * the one it is counted from (a text that was ready before the endpoint) counts 0.
 * @param transcription the engine's own time for the text that was used, ms
 */
export function timingsOf(marks: Marks, transcription?: number): Timings {
  const timings: Timings = {};
  for (const [name, from, to] of SPANS) {
    const [begin, end] = [marks[from], marks[to]];
    if (begin !== undefined && end !== undefined) timings[name] = tenths(Math.max(0, end - begin));
  }
  // The time of a person is none of the terminal's.
  if (timings.delivery !== undefined && timings.review !== undefined)
    timings.delivery = tenths(Math.max(0, timings.delivery - timings.review));
  if (transcription !== undefined) timings.transcription = tenths(transcription);
  return timings;
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** Stamps the marks of one utterance as they come; the first stamp of a mark counts. */
export class Stopwatch {
  readonly #marks: Marks = {};
  #transcription: number | undefined;

  mark(name: keyof Marks, at = performance.now()): void {
    this.#marks[name] ??= at;
  }

  /** When it was stamped; null: it was not. */
  at(name: keyof Marks): number | null {
    return this.#marks[name] ?? null;
  }

  /** Several at once, e.g. the marks that listening returns. */
  marks(marks: Marks): void {
    for (const [name, at] of Object.entries(marks)) this.mark(name as keyof Marks, at);
  }

  /** The engine's own time, ms. */
  transcribed(ms: number): void {
    this.#transcription = ms;
  }

  get timings(): Timings {
    return timingsOf(this.#marks, this.#transcription);
  }
}
