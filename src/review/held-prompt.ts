import type { Logger } from 'pino';
import type { Review, ReviewView } from '../facts.ts';
import type { LiveUtterance } from '../journal/live-utterance.ts';
import { unattended } from '../processes/unattended.ts';

/** Pause before showing it again when no notification server took it, ms: nothing is sent unseen. */
const RETRY_MS = 2_000;
/** The stage ends just after the text is there; a change later than this belongs to another utterance, ms. */
const SETTLES_MS = 100;

export interface HeldPromptParts {
  /** `[prompt] review_seconds`. */
  seconds: () => number;
  /** True while the user speaks: no countdown runs. */
  speaking: () => boolean;
  /** Shows it with its countdown; resolves false when no server took it. */
  show: (live: LiveUtterance, view: ReviewView) => Promise<boolean>;
  /** Called when its state has changed. */
  onChange: () => void;
  /** Called at the end of the countdown. */
  onOver: () => void;
  logger: Logger;
}

/** The editor of a prompt. */
export interface Editing {
  /** Called when the editor in a new window takes over; null: it already has. */
  arrived: (() => void) | null;
}

/** A prompt in review, with its notification and its countdown. */
export class HeldPrompt {
  readonly live: LiveUtterance;
  state: 'unseen' | 'counting' | 'editing' | 'confirmed' = 'counting';
  editing: Editing | null = null;
  readonly #parts: HeldPromptParts;
  /** performance.now() at the end of the countdown, ms; null: it does not run. */
  #endsAt: number | null = null;
  #seenAt: number | null = null;
  /** Increases with each change: work of an earlier round is ignored. */
  #round = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(live: LiveUtterance, parts: HeldPromptParts) {
    this.live = live;
    this.#parts = parts;
  }

  /** performance.now() when it was first on the screen, ms. */
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

  /** Starts the countdown from the beginning, once the notification is shown and unless the user speaks. */
  restart(): void {
    this.stop();
    this.state = 'counting';
    this.#changed();
    if (this.#parts.speaking() && this.#seenAt === null)
      this.#timer = setTimeout(() => this.#present(), SETTLES_MS);
    else this.#present();
  }

  /** Stops the countdown. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#endsAt = null;
    this.#round += 1;
  }

  /** Shows its current state. Resolves false when no server took it, or it failed; never rejects. */
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

  /** Shows each remaining second. @param endsAt performance.now(), ms */
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

  /** A prompt that could not be sent counts down once more. */
  #over(): void {
    unattended(this.#parts.logger, 'the end of a countdown', this.#parts.onOver, () => {
      if (this.state === 'counting') this.#timer = setTimeout(() => this.restart(), RETRY_MS);
    });
  }

  #changed(): void {
    unattended(this.#parts.logger, 'the report of a prompt under review', this.#parts.onChange);
  }
}
