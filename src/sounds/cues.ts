import type { Fact } from '../facts.ts';
import type { OpenMicrophone } from './open-microphone.ts';
import type { SoundName, Sounds } from './sounds.ts';

/** When several cues waited, only the first of these is played. */
const RANK = ['asks', 'error', 'done'] as const satisfies readonly SoundName[];
/** Pause after the cue that ends a recording, because two at once are indistinguishable, ms. */
const APART_MS = 300;

interface CuesParts {
  sounds: () => Sounds;
  /** `[reply] notify = "quiet"`: only what needs the user makes a sound. */
  quiet: () => boolean;
  microphone: OpenMicrophone;
}

/** Plays cues, but never into a recording: they wait until it has ended. */
export class Cues {
  readonly #parts: CuesParts;
  readonly #waiting = new Set<SoundName>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: CuesParts) {
    this.#parts = parts;
    parts.microphone.onChange((open) => this.#listens(open));
  }

  learn(fact: Fact): void {
    switch (fact.type) {
      // The recording's own cues play at once: the time of the first one is known, and the last one follows the
      // recording.
      case 'opened':
        this.#parts.sounds().play('start');
        return;
      case 'listened':
        this.#parts.sounds().play('end');
        return;
      case 'requested':
      case 'reminded':
      case 'uncertain':
        this.#play('asks');
        return;
      case 'ended': {
        const { state } = fact.utterance;
        if (state === 'failed') this.#play('error');
        if (state === 'answered' && !this.#parts.quiet()) this.#play('done');
        return;
      }
    }
  }

  #listens(now: boolean): void {
    clearTimeout(this.#timer);
    if (!now && this.#waiting.size > 0) this.#timer = setTimeout(() => this.#playWaiting(), APART_MS).unref();
  }

  #play(name: SoundName): void {
    if (this.#parts.microphone.isOpen) this.#waiting.add(name);
    else this.#parts.sounds().play(name);
  }

  #playWaiting(): void {
    const name = RANK.find((each) => this.#waiting.has(each));
    this.#waiting.clear();
    if (name) this.#parts.sounds().play(name);
  }
}
