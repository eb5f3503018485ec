import type { Logger } from 'pino';
import { SAMPLE_RATE } from '../microphone/microphone.ts';
import { unattended } from '../processes/unattended.ts';
import type { SoundSoFar } from './listen.ts';
import { type PauseText, patienceOf, type Tier, tierOf } from './patience.ts';
import type { TurnDetector } from './turn-detector.ts';
import { TURN_SAMPLES } from './weights.ts';

/** Silence after which the turn detector is asked, ms: four frames of the detector (docs/endpointing.md). */
export const ASK_MS = 128;

interface AdaptiveEndpointOptions {
  turn: TurnDetector;
  /** Silence that ends an utterance that may or may not be finished, ms. */
  endpointMs: number;
  /** The text up to this pause; undefined: not known yet; null: unknown. */
  text: () => PauseText | null | undefined;
  logger: Logger;
}

interface Pause {
  heardUntil: number;
  /** The turn detector's answer; undefined: it has not come yet. */
  turn: number | null | undefined;
}

/** Decides how long a pause may last: less when the sentence is complete, more when it is not. */
export class AdaptiveEndpoint {
  readonly #options: AdaptiveEndpointOptions;
  /** The pause that is being judged. */
  #pause: Pause | null = null;

  constructor(options: AdaptiveEndpointOptions) {
    this.#options = options;
  }

  /** What is known about this pause. */
  get verdict(): { turn: number | null | undefined; tier: Tier } {
    const turn = this.#pause?.turn;
    return { turn, tier: tierOf({ turn, text: this.#options.text() }) };
  }

  /** Takes note of the next frame of the detector. */
  follow(sound: SoundSoFar): void {
    if (sound.speaking || this.#pause?.heardUntil !== sound.heardUntil) this.#pause = null;
    if (sound.speaking || sound.start === null || this.#pause !== null) return;
    if (sound.judged - sound.heardUntil < (ASK_MS / 1_000) * SAMPLE_RATE) return;
    const pause: Pause = { heardUntil: sound.heardUntil, turn: undefined };
    this.#pause = pause;
    const from = Math.max(sound.start, sound.judged - TURN_SAMPLES);
    const { turn, logger } = this.#options;
    const ask = async (): Promise<void> => {
      pause.turn = await turn.finished(sound.slice(from, sound.judged));
    };
    unattended(logger, 'the judgement of a pause', ask, () => {
      pause.turn = null;
    });
  }

  /** Silence that ends the utterance now, ms. */
  endpointMs(): number {
    return patienceOf(this.verdict.tier, this.#options.endpointMs);
  }
}
