import type { Logger } from 'pino';
import type { Review, ReviewView } from '../facts.ts';
import type { LiveUtterance } from '../journal/live-utterance.ts';
import { unattended } from '../processes/unattended.ts';

/** Where no notification server took the bubble it is tried again after this time, ms: nothing is sent unseen. */
const RETRY_MS = 2_000;
/** The stage of an utterance ends just after its text is there; only what comes after that is another one, ms. */
const SETTLES_MS = 100;

export interface HeldPromptParts {
  /** `[prompt] review_seconds`. */
  seconds: () => number;
  /** The person speaks: no countdown runs. */
  speaking: () => boolean;
  /** Shows it with its countdown; resolves false when no server took it. */
  show: (live: LiveUtterance, view: ReviewView) => Promise<boolean>;
  /** Its state is another one. */
  onChange: () => void;
  /** The countdown is over. */
  onOver: () => void;
  logger: Logger;
}

/** Who edits a prompt. */
export interface Editing {
  /** A window that is not there yet: called when the editor in it takes over. */
  arrived: (() => void) | null;
}

/** One prompt before it is sent, with its bubble and its countdown. */
export class HeldPrompt {
  readonly live: LiveUtterance;
  state: 'unseen' | 'counting' | 'editing' | 'confirmed' = 'counting';
  editing: Editing | null = null;
  readonly #parts: HeldPromptParts;
  /** performance.now() at which it is sent, ms; null: the countdown does not run. */
  #endsAt: number | null = null;
  #seenAt: number | null = null;
  /** Each change of what it does: what was begun before means nothing any more. */
  #round = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(live: LiveUtterance, parts: HeldPromptParts) {
    this.live = live;
    this.#parts = parts;
  }

  /** performance.now() when it was on the screen for the first time, ms. */
  get seenAt(): number | null {
    return this.#seenAt;
  }

  get review(): Review {
    const { id, project, rule, transcript, prompt } = this.live.record;
    const endsAt = this.#endsAt;
    return {
      id,
      project,
      rule,
      transcript,
      prompt: prompt ?? '',
      state: this.state === 'counting' && endsAt === null ? 'stopped' : this.state,
      left_s: endsAt === null ? null : Math.max(0, Math.round((endsAt - performance.now()) / 100) / 10),
    };
  }

  /** Counts down, from the beginning, once the bubble is up and unless the person speaks. */
  restart(): void {
    this.stop();
    this.state = 'counting';
    this.#changed();
    if (this.#parts.speaking() && this.#seenAt === null)
      this.#timer = setTimeout(() => this.#present(), SETTLES_MS);
    else this.#present();
  }

  /** The countdown stands still. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#endsAt = null;
    this.#round += 1;
  }

  /** Shows its state as it is now. Resolves false when no server took it, or when it failed; never rejects. */
  async show(): Promise<boolean> {
    try {
      return await this.#parts.show(this.live, this.#view);
    } catch (error) {
      const { logger } = this.#parts;
      logger.error({ err: error, utterance: this.live.id }, 'a prompt under review could not be shown');
      return false;
    }
  }

  get #view(): ReviewView {
    if (this.state === 'confirmed') return { state: 'confirmed' };
    if (this.#parts.speaking()) return { state: 'stopped' };
    const left = this.#endsAt === null ? this.#parts.seconds() : (this.#endsAt - performance.now()) / 1_000;
    return { state: 'counting', left: Math.ceil(left) };
  }

  #present(): void {
    const round = this.#round;
    void this.show().then((shown) => {
      if (this.#round !== round) return;
      if (!shown) {
        this.state = 'unseen';
        this.#timer = setTimeout(() => this.restart(), RETRY_MS);
        this.#changed();
        return;
      }
      this.#seenAt ??= performance.now();
      if (this.#parts.speaking()) return;
      this.#endsAt = performance.now() + this.#parts.seconds() * 1_000;
      this.#changed();
      this.#count(this.#endsAt);
    });
  }

  /** Shows each second that is left. @param endsAt performance.now(), ms */
  #count(endsAt: number): void {
    const left = endsAt - performance.now();
    const toNextSecond = left - 1_000 * (Math.ceil(left / 1_000) - 1);
    this.#timer = setTimeout(() => {
      if (performance.now() >= endsAt) {
        this.#over();
        return;
      }
      void this.show();
      this.#count(endsAt);
    }, toNextSecond);
  }

  /** A prompt that could not be let go counts down once more. */
  #over(): void {
    unattended(this.#parts.logger, 'the end of a countdown', this.#parts.onOver, () => {
      if (this.state === 'counting') this.#timer = setTimeout(() => this.restart(), RETRY_MS);
    });
  }

  #changed(): void {
    unattended(this.#parts.logger, 'the report of a prompt under review', this.#parts.onChange);
  }
}
