import type { SoundName, Sounds } from '../reply/sounds.ts';

/** What is said when several waited: what matters most. */
const RANK = ['asks', 'error', 'done'] as const satisfies readonly SoundName[];
/** After the cue that ends a recording: two at once are none, ms. */
const APART_MS = 300;

/** Plays cues, but none into a recording: what happens meanwhile is heard when it is over. */
export class Cues {
  readonly #sounds: () => Sounds;
  readonly #waiting = new Set<SoundName>();
  #listening = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(sounds: () => Sounds) {
    this.#sounds = sounds;
  }

  /** The microphone is open, or is not any more. */
  listening(now: boolean): void {
    this.#listening = now;
    clearTimeout(this.#timer);
    if (!now && this.#waiting.size > 0) this.#timer = setTimeout(() => this.#playWaiting(), APART_MS).unref();
  }

  /** Those of the recording itself are played at once: the first one's place in it is known, the last is after it. */
  play(name: SoundName): void {
    if (this.#listening && name !== 'start' && name !== 'end') this.#waiting.add(name);
    else this.#sounds().play(name);
  }

  #playWaiting(): void {
    const name = RANK.find((each) => this.#waiting.has(each));
    this.#waiting.clear();
    if (name) this.#sounds().play(name);
  }
}
