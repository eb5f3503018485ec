import type { SubmitOptions } from '../agent/session.ts';
import type { HiddenTui } from './tui/hidden-tui.ts';
import { PromptTyper, type TypingPlace } from './tui/prompt-typer.ts';
import type { PromptTurn } from './turn.ts';
import { type TurnStart, TurnStarter } from './turn-starter.ts';

/** The session, as the queue sees it. */
export interface QueuePlace extends TypingPlace {
  readonly tui: TypingPlace['tui'] & Pick<HiddenTui, 'retry'>;
}

/**
 * Sends prompts one at a time, in order. A prompt is typed into the hidden terminal. If nothing can be typed, and
 * nothing of the prompt was sent, it is sent without the terminal.
 */
export class PromptQueue {
  readonly #place: QueuePlace;
  readonly #typer: PromptTyper;
  readonly #starter: TurnStarter | null;
  #last: Promise<unknown> = Promise.resolve();

  /** @param turns undefined: prompts can only be typed */
  constructor(place: QueuePlace, turns: TurnStart | undefined) {
    this.#place = place;
    this.#typer = new PromptTyper(place);
    this.#starter = turns === undefined ? null : new TurnStarter(place, turns);
  }

  /** Sends a cleaned prompt and returns its turn once Codex has reported it. @throws as PromptTyper.type */
  send(prompt: string, options: SubmitOptions): Promise<PromptTurn> {
    return this.#next(() => this.#send(prompt, options));
  }

  /** Runs work while no prompt is being sent. */
  between(work: () => Promise<void>): Promise<void> {
    return this.#next(work);
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined); // The caller gets the error; the next prompt is not affected.
    return result;
  }

  async #send(prompt: string, options: SubmitOptions): Promise<PromptTurn> {
    const { logger, tui } = this.#place;
    tui.retry();
    const turn = await this.#typer.type(prompt, options);
    if (turn) return turn;
    if (this.#starter === null) throw new Error('the terminal cannot be used, and there is no other way');
    logger.info({ reason: tui.trouble?.message }, 'the prompt is sent without the hidden terminal');
    return this.#starter.start(prompt, options);
  }
}
