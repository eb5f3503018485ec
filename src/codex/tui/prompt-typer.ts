import type { Logger } from 'pino';
import type { PromptFate, SubmitOptions } from '../../agent/session.ts';
import { errorOf, VoiceError } from '../../errors.ts';
import type { ScreenRow } from '../../terminal/hidden-terminal.ts';
import type { Change } from '../change.ts';
import { PromptTurn } from '../turn.ts';
import { decide, type GateView, type Mode } from './gate.ts';
import type { HiddenTui } from './hidden-tui.ts';
import { ENTER, PAGE_DOWN } from './keystrokes.ts';
import { pasteKeys } from './paste.ts';
import { holdsText, isDraftOf, isLookingBack, showsDraft } from './screen.ts';

/** The composer shows a paste within about 10 ms, 100 kB within 200 (Codex 0.169.0 on two cores). */
const ECHO_TIMEOUT_MS = 5_000;
/** After so long a composer that holds something is taken to hold the prompt. */
const UNSEEN_MS = 1_000;
/** From Enter to the user message it takes about 30 ms. */
const ACCEPT_TIMEOUT_MS = 10_000;
/** After so long Enter is pressed once more: Codex 0.171.0 swallows it while the start of a conversation is animated. */
const ENTER_AGAIN_MS = 1_500;
/** What a terminal has sent before it ended, the server has taken up by then. */
const GONE_MS = 3_000;
const RECOVERY_TIMEOUT_MS = 60_000;
/** Page Down does no harm in whatever else may be on the screen; Escape and Enter would. */
const FORWARD = PAGE_DOWN.repeat(10);
const FORWARD_MS = 200;
/** Conditions that no event announces are looked at again this often. */
const LOOK_AGAIN_MS = 50;

/** What typing a prompt needs of the session. */
export interface TypingPlace {
  readonly view: GateView;
  /** Notified whenever the view or the screen changes. */
  readonly change: Change;
  readonly tui: Pick<HiddenTui, 'terminal' | 'clear'>;
  /** The conversation that is talked to. */
  readonly thread: string | null;
  /** Turns that hear what the server reports. */
  readonly turns: Set<PromptTurn>;
  /** Looks into the history for a prompt. */
  fateOf(prompt: string, thread: string, since: Date): Promise<PromptFate>;
  readonly logger: Logger;
}

/** A prompt for which Enter was pressed. */
interface Sent {
  thread: string;
  since: Date;
  /** The process of the terminal that had it. */
  pid: number | null;
}

/** Types prompts into the composer, one after another, in the order in which they came. */
export class PromptTyper {
  readonly #place: TypingPlace;
  #last: Promise<unknown> = Promise.resolve();
  /** The prompt that was typed last. */
  #sent = '';

  constructor(place: TypingPlace) {
    this.#place = place;
  }

  /**
   * Types a cleaned prompt and returns its turn once Codex has reported it.
   * @throws VoiceError approval-pending, codex-blocked, codex-down, prompt-unconfirmed; the signal's reason; what
   * `beforeSend` throws
   */
  type(prompt: string, options: SubmitOptions): Promise<PromptTurn> {
    const result = this.#last.then(() => this.#attempt(prompt, options));
    this.#last = result.catch(() => undefined); // Its own caller hears of it; the next in the row need not.
    return result;
  }

  /** Does something when no prompt is being typed. */
  between(work: () => Promise<void>): Promise<void> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined); // Its own caller hears of it.
    return result;
  }

  async #attempt(prompt: string, options: SubmitOptions): Promise<PromptTurn> {
    const mode = options.mode ?? 'turn';
    for (;;) {
      await this.#pass(mode, options.signal);
      const turn = new PromptTurn(prompt);
      this.#place.turns.add(turn);
      try {
        const sent = await this.#enter(prompt, mode, options);
        if (sent) {
          await this.#confirm(turn, prompt, mode, sent);
          return turn;
        }
      } catch (error) {
        this.#place.turns.delete(turn);
        throw error;
      }
      this.#place.turns.delete(turn);
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

  /**
   * Pastes, looks whether it landed in the composer, and only then presses Enter. Null: Codex ended or began something
   * else meanwhile, and nothing was sent.
   */
  async #enter(prompt: string, mode: Mode, { signal, beforeSend }: SubmitOptions): Promise<Sent | null> {
    const place = this.#place;
    const { terminal } = place.tui;
    const { pid } = terminal;
    let since: Date;
    let thread: string | null;
    try {
      terminal.write(pasteKeys(prompt));
      const landed = await this.#landed(prompt, pid, signal);
      if (this.#died(pid)) {
        place.logger.warn('Codex ended while a prompt was typed: it is typed again');
        return null;
      }
      if (!landed) throw notTaken(terminal.rows());
      const decision = decide({ ...place.view, screen: { kind: 'composer', draft: false } }, mode);
      if (decision.kind === 'refuse') throw errorOf(decision.error);
      if (decision.kind === 'wait') {
        place.logger.info('Codex began something else while a prompt was typed: it is typed again');
        await place.tui.clear();
        return null;
      }
      thread = place.thread;
      if (thread === null) throw unconfirmed('Codex has no conversation.');
      since = new Date();
      beforeSend?.(thread);
    } catch (error) {
      place.logger.warn({ err: error }, 'the prompt was not sent; clearing the composer');
      await place.tui.clear();
      throw error;
    }
    this.#sent = prompt;
    terminal.write(ENTER);
    return { thread, since, pid };
  }

  /** Is the terminal gone that was typed into, or the server behind it? */
  #died(pid: number | null): boolean {
    return this.#place.tui.terminal.pid !== pid || this.#place.view.phase !== 'ready';
  }

  /**
   * Does the composer show the prompt? A word of many rows Codex 0.169.0 sometimes wraps out of its sight: then a
   * composer that was empty before and does not say so any more holds what was pasted.
   */
  async #landed(prompt: string, pid: number | null, signal: AbortSignal | undefined): Promise<boolean> {
    const { change, tui } = this.#place;
    const shown = (): true | null => this.#died(pid) || showsDraft(tui.terminal.rows(), prompt) || null;
    if (await change.until(shown, UNSEEN_MS, signal)) return true;
    const held = (): true | null => shown() ?? (holdsText(tui.terminal.rows()) || null);
    return (await change.until(held, ECHO_TIMEOUT_MS - UNSEEN_MS, signal)) !== null;
  }

  /** True while the composer shows the prompt and nothing else would get the key. */
  #holdsStill(prompt: string): boolean {
    const { tui, view } = this.#place;
    if (!showsDraft(tui.terminal.rows(), prompt)) return false;
    return decide({ ...view, screen: { kind: 'composer', draft: false } }, 'turn').kind === 'open';
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

  /** Waits for the user message; asks the history when it does not come. */
  async #confirm(turn: PromptTurn, prompt: string, mode: Mode, { thread, since, pid }: Sent): Promise<void> {
    const { change, logger, tui } = this.#place;
    if (mode === 'steer') await this.#taken(turn);
    const lost = (): true | null => this.#place.view.phase !== 'ready' || null;
    const settled = (): string | true | null => turn.id ?? (this.#died(pid) || null);
    await change.until(settled, ENTER_AGAIN_MS);
    if (settled() === null && mode === 'turn' && this.#holdsStill(prompt)) {
      logger.info('the composer still holds the prompt: pressing Enter once more');
      tui.terminal.write(ENTER);
    }
    await change.until(settled, ACCEPT_TIMEOUT_MS);
    if (turn.id === null && tui.terminal.pid !== pid) await change.until(() => turn.id ?? lost(), GONE_MS);
    if (turn.id !== null) return;
    const cut = lost() !== null;
    // A terminal that is slow may yet send it, after the history was read: one that is gone cannot.
    let kept = false;
    if (!cut && !this.#died(pid)) {
      kept = showsDraft(tui.terminal.rows(), prompt);
      await tui.clear();
      await change.until(() => turn.id ?? lost(), GONE_MS);
      if (turn.id !== null) return;
    }
    if (cut) await change.until(() => this.#place.view.phase !== 'recovering' || null, RECOVERY_TIMEOUT_MS);
    const fate = await this.#place.fateOf(prompt, thread, since);
    if (fate.kind === 'accepted') {
      logger.warn({ turn: fate.turn }, 'the prompt was found in the history only');
      turn.recall(fate, performance.now());
      if (cut) turn.lost('', performance.now());
      return;
    }
    throw kept ? keptByComposer() : unconfirmed('Codex did not confirm the prompt.');
  }
}

/** Why the composer does not show what was typed. */
function notTaken(rows: readonly ScreenRow[]): VoiceError {
  if (!rows.some(({ text }) => /\bVim: Normal\b/u.test(text)))
    return unconfirmed('The hidden terminal did not take the prompt.');
  return new VoiceError(
    'prompt-unconfirmed',
    'The hidden terminal did not accept the prompt, because its composer is in Vim normal mode.',
    'Run `codex-voice attach`, type /vim to turn Vim mode off, then say it again.',
  );
}

function keptByComposer(): VoiceError {
  return new VoiceError(
    'prompt-unconfirmed',
    'Codex did not send the prompt: Enter left it in the composer of the hidden terminal.',
    "Check [tui.keymap] in Codex's config.toml and at its version (`codex --version`), then say it again.",
  );
}

function unconfirmed(message: string): VoiceError {
  return new VoiceError(
    'prompt-unconfirmed',
    message,
    'Run `codex-voice attach` to see what the terminal shows, then say it again.',
  );
}
