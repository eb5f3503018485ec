import type { SubmitOptions } from '../agent/session.ts';
import { errorOf } from '../errors.ts';
import { type PromptPlace, recalled, unconfirmed } from './prompt-place.ts';
import { decide, type Mode } from './tui/gate.ts';
import { PromptTurn } from './turn.ts';

/** The user message follows the request within about 50 ms. */
const ACCEPT_TIMEOUT_MS = 10_000;
/** Pause between checks of conditions without events, ms. */
const LOOK_AGAIN_MS = 50;
/** No key is pressed, so no screen can take it. */
const NO_SCREEN = { kind: 'composer', draft: false } as const;

/** How a transport sends a prompt without the terminal. */
export interface TurnStart {
  /** Asks the user whether to trust the folder, if the terminal would. @throws VoiceError approval-pending, codex-blocked */
  ready(): Promise<void>;
  /**
   * Sends the text unchanged. Text that is sent during a turn goes into that turn. When Codex ended meanwhile, or was
   * ended because it did not answer, the text may have arrived.
   * @returns false in that case
   * @throws VoiceError when Codex has refused it
   */
  send(thread: string, text: string): Promise<boolean>;
}

/** Sends prompts where nothing can be typed. */
export class TurnStarter {
  readonly #place: PromptPlace;
  readonly #turns: TurnStart;

  constructor(place: PromptPlace, turns: TurnStart) {
    this.#place = place;
    this.#turns = turns;
  }

  /** Sends a cleaned prompt and returns its turn once Codex has reported it. One prompt at a time. See PromptTyper. */
  async start(prompt: string, { mode = 'turn', signal, beforeSend }: SubmitOptions): Promise<PromptTurn> {
    const place = this.#place;
    await this.#pass(mode, signal);
    const { thread } = place;
    if (thread === null) throw unconfirmed('Codex has no conversation.');
    const since = new Date();
    const turn = new PromptTurn(prompt);
    place.turns.add(turn);
    try {
      beforeSend?.(thread);
      const answered = await this.#turns.send(thread, prompt);
      await this.#reported(turn, signal);
      if (turn.id !== null) return turn;
      const cut = !answered || place.view.phase !== 'ready';
      if (await recalled(turn, prompt, { thread, since }, { place, cut })) return turn;
      throw unconfirmed('Codex did not confirm the prompt.');
    } catch (error) {
      place.turns.delete(turn);
      throw error;
    }
  }

  /** Waits until a prompt may be sent: the same gate as for typing, but without the screen. */
  async #pass(mode: Mode, signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const decision = decide({ ...this.#place.view, screen: NO_SCREEN }, mode);
      if (decision.kind === 'refuse') throw errorOf(decision.error);
      if (decision.kind === 'wait') await this.#place.change.next(LOOK_AGAIN_MS, signal);
      else if (await this.#isReady(mode)) return;
    }
  }

  /** Returns true if the gate is still open after the last question. */
  async #isReady(mode: Mode): Promise<boolean> {
    await this.#turns.ready();
    return decide({ ...this.#place.view, screen: NO_SCREEN }, mode).kind === 'open';
  }

  /**
   * Waits for the user message, or until it will not come. While a turn runs it may be late, because Codex compacts the
   * conversation or runs hooks first.
   */
  async #reported(turn: PromptTurn, signal: AbortSignal | undefined): Promise<void> {
    const { change } = this.#place;
    const settled = (): true | null => turn.id !== null || this.#place.view.phase !== 'ready' || null;
    do await change.until(settled, ACCEPT_TIMEOUT_MS, signal);
    while (settled() === null && this.#place.view.thread.type === 'active');
  }
}
