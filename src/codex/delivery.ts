import type { Logger } from 'pino';
import { errorOf, VoiceError } from '../errors.ts';
import type { Change } from './change.ts';
import type { SubmitOptions } from './codex.ts';
import { holdsText, isDraftOf, isLookingBack, showsDraft } from './composer.ts';
import { decide, type GateView, type Mode } from './gate.ts';
import { ENTER, pasteKeys } from './paste.ts';
import { type Turn, userText } from './protocol.ts';
import type { HiddenTui } from './tui.ts';
import { PromptTurn } from './turn.ts';

/** The composer shows a paste within about 10 ms, 100 kB within 200 (Codex 0.169.0 on two cores). */
const ECHO_TIMEOUT_MS = 5_000;
/** After so long a composer that holds something is taken to hold the prompt. */
const UNSEEN_MS = 1_000;
/** From Enter to the user message it takes about 30 ms. */
const ACCEPT_TIMEOUT_MS = 10_000;
const RECOVERY_TIMEOUT_MS = 60_000;
/** Page Down does no harm in whatever else may be on the screen; Escape and Enter would. */
const FORWARD = '\x1b[6~'.repeat(10);
const FORWARD_MS = 200;
/** Conditions that no event announces are looked at again this often. */
const LOOK_AGAIN_MS = 50;

/** What delivering a prompt needs of the session. */
export interface DeliveryPlace {
  readonly view: GateView;
  /** Notified whenever the view or the screen changes. */
  readonly change: Change;
  readonly tui: Pick<HiddenTui, 'terminal' | 'clear'>;
  /** The conversation that is talked to. */
  readonly thread: string | null;
  /** Turns that hear what the server reports. */
  readonly turns: Set<PromptTurn>;
  /** The last turn in the thread's history; null when there is none or nobody to ask. */
  lastTurn(): Promise<Turn | null>;
  readonly logger: Logger;
}

/** Types prompts into the composer, one after another, in the order in which they came. */
export class Delivery {
  readonly #place: DeliveryPlace;
  #last: Promise<unknown> = Promise.resolve();
  /** The prompt that was typed last. */
  #sent = '';

  constructor(place: DeliveryPlace) {
    this.#place = place;
  }

  /**
   * Types a cleaned prompt and returns its turn once Codex has reported it.
   * @throws VoiceError approval-pending, codex-blocked, codex-down, prompt-unconfirmed; the signal's reason; what
   * `beforeSend` throws
   */
  deliver(prompt: string, options: SubmitOptions): Promise<PromptTurn> {
    const result = this.#last.then(() => this.#deliver(prompt, options));
    this.#last = result.catch(() => undefined); // Its own caller hears of it; the next in the row need not.
    return result;
  }

  /** Does something when no prompt is being typed. */
  between(work: () => Promise<void>): Promise<void> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined); // Its own caller hears of it.
    return result;
  }

  async #deliver(prompt: string, options: SubmitOptions): Promise<PromptTurn> {
    const mode = options.mode ?? 'turn';
    await this.#pass(mode, options.signal);
    const turn = new PromptTurn(prompt);
    this.#place.turns.add(turn);
    try {
      await this.#type(prompt, mode, options);
      await this.#confirm(turn, prompt, mode);
      return turn;
    } catch (error) {
      this.#place.turns.delete(turn);
      throw error;
    }
  }

  /** Waits until a prompt may be typed. */
  async #pass(mode: Mode, signal: AbortSignal | undefined): Promise<void> {
    const { change } = this.#place;
    let since = performance.now();
    let reason = '';
    for (;;) {
      signal?.throwIfAborted();
      const decision = decide(this.#place.view, mode);
      if (decision.kind === 'refuse') throw errorOf(decision.error);
      if (await this.#backToEnd()) continue;
      if (decision.kind === 'open') return;
      if (await this.#clearOwnDraft()) continue;
      if (decision.error.message !== reason) since = performance.now();
      reason = decision.error.message;
      const left = since + decision.patience - performance.now();
      if (left <= 0) throw errorOf(decision.error);
      await change.next(Math.min(left, LOOK_AGAIN_MS), signal);
    }
  }

  /**
   * Codex 0.169.0 gives a prompt back into the composer when it was typed before the TUI had seen that the turn
   * before was interrupted, though it was sent. What is ours there may go; what a person typed may not.
   */
  async #clearOwnDraft(): Promise<boolean> {
    const { view, logger } = this.#place;
    const draft = view.screen.kind === 'composer' && view.screen.draft;
    if (!draft || view.thread.type === 'active' || !isDraftOf(this.#place.tui.terminal.rows(), this.#sent))
      return false;
    logger.info('clearing a prompt that was sent and came back');
    this.#sent = '';
    await this.#place.tui.clear();
    return true;
  }

  /** Who looks back in the conversation would not have a prompt sent by Enter, but be led to its end. */
  async #backToEnd(): Promise<boolean> {
    const { change, tui } = this.#place;
    if (!isLookingBack(tui.terminal.rows())) return false;
    tui.terminal.write(FORWARD);
    await change.until(() => !isLookingBack(tui.terminal.rows()) || null, FORWARD_MS);
    return true;
  }

  /** Pastes, looks whether it landed in the composer, and only then presses Enter. */
  async #type(prompt: string, mode: Mode, { signal, beforeSend }: SubmitOptions): Promise<void> {
    const place = this.#place;
    try {
      place.tui.terminal.write(pasteKeys(prompt));
      const landed = await this.#landed(prompt, signal);
      if (!landed) throw unconfirmed('The hidden terminal did not take the prompt.');
      const decision = decide({ ...place.view, screen: { kind: 'composer', draft: false } }, mode);
      if (decision.kind !== 'open') throw errorOf(decision.error);
      if (place.thread === null) throw unconfirmed('Codex has no conversation.');
      beforeSend?.(place.thread);
    } catch (error) {
      place.logger.warn({ err: error }, 'the prompt was not sent; clearing the composer');
      await place.tui.clear();
      throw error;
    }
    this.#sent = prompt;
    place.tui.terminal.write(ENTER);
  }

  /**
   * Does the composer show the prompt? A word of many rows Codex 0.169.0 sometimes wraps out of its sight: then a
   * composer that was empty before and does not say so any more holds what was pasted.
   */
  async #landed(prompt: string, signal: AbortSignal | undefined): Promise<boolean> {
    const { change, tui } = this.#place;
    const shown = (): true | null => showsDraft(tui.terminal.rows(), prompt) || null;
    if (await change.until(shown, UNSEEN_MS, signal)) return true;
    const held = (): true | null => shown() ?? (holdsText(tui.terminal.rows()) || null);
    return (await change.until(held, ECHO_TIMEOUT_MS - UNSEEN_MS, signal)) !== null;
  }

  /** Words that steer are taken up when the model has said what it is saying, or begin a turn when that is over. */
  async #taken(turn: PromptTurn): Promise<void> {
    const { change } = this.#place;
    const over = (): true | null => {
      const { phase, thread } = this.#place.view;
      return turn.id !== null || phase !== 'ready' || thread.type !== 'active' || null;
    };
    await change.until(over, Number.POSITIVE_INFINITY);
  }

  /** Waits for the user message; asks the thread's history when it does not come. */
  async #confirm(turn: PromptTurn, prompt: string, mode: Mode): Promise<void> {
    const place = this.#place;
    const began = Date.now();
    if (mode === 'steer') await this.#taken(turn);
    const settled = await place.change.until(
      () => turn.id ?? (place.view.phase === 'ready' ? null : 'lost'),
      ACCEPT_TIMEOUT_MS,
    );
    if (turn.id !== null) return;
    const lost = settled === 'lost';
    if (lost)
      await place.change.until(() => (place.view.phase === 'recovering' ? null : true), RECOVERY_TIMEOUT_MS);
    const last = await place.lastTurn();
    if (last && isTurnOf(last, prompt, began)) {
      place.logger.warn({ turn: last.id }, 'the prompt was found in the thread only');
      if (!lost) return turn.recall(last, performance.now());
      turn.accept(last.id, performance.now());
      return turn.lost('', performance.now());
    }
    if (!lost) await place.tui.clear();
    throw unconfirmed('Codex did not confirm the prompt.');
  }
}

/** The history has whole seconds only; an older turn with the same words must not be taken for this one. */
function isTurnOf(turn: Turn, prompt: string, began: number): boolean {
  const recent = (turn.startedAt ?? 0) * 1_000 >= began - 2_000;
  return recent && turn.items.some((item) => userText(item)?.trim() === prompt);
}

function unconfirmed(message: string): VoiceError {
  return new VoiceError(
    'prompt-unconfirmed',
    message,
    'Run `codex-voice attach` to see what the terminal shows, then say it again.',
  );
}
