import { SAMPLE_RATE } from '../microphone/microphone.ts';
import type { SoundSoFar } from '../speech/listen.ts';

/** A stretch without speech inside a speech, samples from the beginning of the recording. */
export interface Gap {
  from: number;
  to: number;
  /** Speech before it, ms. */
  speechMs: number;
}

/** Length of the sound that is searched for a gap if the detector found none, and of a quiet stretch, samples. */
const SEARCHED = 10 * SAMPLE_RATE;
const QUIET = SAMPLE_RATE / 10;

/** The gaps in a speech, however short: the places where it can be divided. */
export class Pauses {
  #gaps: Gap[] = [];
  #open: Gap | null = null;

  /** Takes note of the next frame of the detector. */
  add({ speaking, judged, heardUntil, speechMs }: SoundSoFar): void {
    if (!speaking) this.#open ??= { from: heardUntil, to: judged, speechMs };
    if (this.#open === null) return;
    if (!speaking) this.#open.to = judged;
    else {
      this.#gaps.push(this.#open);
      this.#open = null;
    }
  }

  /** The one that has just ended; null: there was none. */
  get latest(): Gap | null {
    return this.#gaps.at(-1) ?? null;
  }

  /** Forgets what lies before that sample. */
  forget(before: number): void {
    this.#gaps = this.#gaps.filter(({ from }) => from >= before);
  }

  /** The longest gap after that sample; null: there is none. */
  longest(after: number): Gap | null {
    const gaps = this.#gaps.filter(({ from }) => from >= after);
    return gaps.reduce<Gap | null>(
      (best, gap) => (best === null || gap.to - gap.from >= best.to - best.from ? gap : best),
      null,
    );
  }
}

/** The quietest stretch in the last seconds of speech without any gap. */
export function quietest(sound: SoundSoFar): Gap {
  const begin = Math.max(0, sound.judged - SEARCHED);
  const samples = sound.slice(begin, sound.judged);
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let from = 0; from + QUIET <= samples.length; from += QUIET / 2) {
    const power = samples.subarray(from, from + QUIET).reduce((sum, sample) => sum + sample * sample, 0);
    if (power < least) [best, least] = [from, power];
  }
  const from = begin + best;
  const after = ((sound.judged - from) / SAMPLE_RATE) * 1_000;
  return { from, to: from + QUIET, speechMs: Math.max(0, sound.speechMs - after) };
}
