import type { SubmitOptions } from '../../agent/session.ts';
import { errorOf, reportOf, VoiceError } from '../../errors.ts';
import type { ScreenRow } from '../../terminal/hidden-terminal.ts';
import { type PromptPlace, recalled, type SentAt, unconfirmed } from '../prompt-place.ts';
import { PromptTurn } from '../turn.ts';
import { decide, type Mode, NO_COMPOSER } from './gate.ts';
import type { HiddenTui } from './hidden-tui.ts';
import { ENTER, PAGE_DOWN } from './keystrokes.ts';
import { pasteKeys } from './paste.ts';
import { blockedBy, holdsOther, holdsText, isDraftOf, isLookingBack, showsDraft } from './screen.ts';

/** The composer shows a paste within about 10 ms, 100 kB within 200 ms (Codex 0.169.0 on two cores). */
const ECHO_TIMEOUT_MS = 5_000;
/** After this time, ms, a composer with any text counts as holding the prompt. */
const UNSEEN_MS = 1_000;
/** The user message follows Enter within about 30 ms. */
const ACCEPT_TIMEOUT_MS = 10_000;
/**
 * After this time, ms, Enter is pressed once more: Codex 0.171.0 ignores it during the start animation of a
 * conversation.
 */
const ENTER_AGAIN_MS = 1_500;
/** The server has processed everything from an ended terminal after this time, ms. */
const GONE_MS = 3_000;
/** Page Down is harmless on every screen; Escape and Enter are not. */
const FORWARD = PAGE_DOWN.repeat(10);
const FORWARD_MS = 200;
/** Pause between checks of conditions without events, ms. */
const LOOK_AGAIN_MS = 50;

/** The session, as the typer sees it. */
export interface TypingPlace extends PromptPlace {
  readonly tui: Pick<HiddenTui, 'terminal' | 'clear' | 'trouble' | 'giveUp'>;
}

/** A prompt for which Enter was pressed. */
interface Sent extends SentAt {
  /** Process of the terminal in which it was typed. */
  pid: number | null;
}

/** Types prompts into the composer. */
export class PromptTyper {
  readonly #place: TypingPlace;
  /** The last prompt that was typed. */
  #sent = '';

  constructor(place: TypingPlace) {
    this.#place = place;
  }

  /**
   * Types a cleaned prompt and returns its turn once Codex has reported it; null when nothing can be typed, and nothing
   * was sent. One prompt at a time.
   * @throws VoiceError approval-pending, codex-blocked, codex-down, prompt-unconfirmed; the signal's reason; what
   * `beforeSend` throws
   */
  async type(prompt: string, options: SubmitOptions): Promise<PromptTurn | null> {
    const mode = options.mode ?? 'turn';
    for (;;) {
      if (!(await this.#pass(mode, options.signal))) return null;
      const turn = new PromptTurn(prompt);
      this.#place.turns.add(turn);
      try {
        const sent = await this.#enter(prompt, mode, options);
        if (typeof sent === 'object') {
          await this.#confirm(turn, prompt, mode, sent);
          return turn;
        }
        this.#place.turns.delete(turn);
        if (sent === 'unusable') return null;
      } catch (error) {
        this.#place.turns.delete(turn);
        throw error;
      }
    }
  }

  /** Waits until a prompt may be typed. Returns false when nothing can be typed. */
  async #pass(mode: Mode, signal: AbortSignal | undefined): Promise<boolean> {
    const { change, tui } = this.#place;
    let since = performance.now();
    let reason = '';
    for (;;) {
      signal?.throwIfAborted();
      if (tui.trouble) return false;
      const decision = decide(this.#place.view, mode);
      if (decision.kind === 'refuse') throw errorOf(decision.error);
      if (await this.#backToEnd()) continue;
      if (decision.kind === 'open') return true;
      if (await this.#clearOwnDraft()) continue;
      if (decision.error.message !== reason) since = performance.now();
      reason = decision.error.message;
      const left = since + decision.patience - performance.now();
      if (left <= 0 && decision.error === NO_COMPOSER && tui.giveUp(NO_COMPOSER)) return false;
      if (left <= 0) throw errorOf(decision.error);
      await change.next(Math.min(left, LOOK_AGAIN_MS), signal);
    }
  }

  /**
   * Clears a prompt that Codex 0.169.0 has put back into the composer: one that was sent before the TUI had noticed the
   * end of an interrupted turn. Text of the user stays.
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

  /**
   * Scrolls to the end of the conversation. While the user is scrolled back, Enter jumps to the end instead of
   * submitting.
   */
  async #backToEnd(): Promise<boolean> {
    const { change, tui } = this.#place;
    if (!isLookingBack(tui.terminal.rows())) return false;
    tui.terminal.write(FORWARD);
    await change.until(() => !isLookingBack(tui.terminal.rows()) || null, FORWARD_MS);
    return true;
  }

  /**
   * Pastes the prompt, checks that the composer shows it, and only then presses Enter. Otherwise nothing was sent:
   * `again` when Codex ended or began something else meanwhile, `unusable` when the composer takes no text.
   */
  async #enter(
    prompt: string,
    mode: Mode,
    { signal, beforeSend }: SubmitOptions,
  ): Promise<Sent | 'again' | 'unusable'> {
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
        return 'again';
      }
      if (holdsOther(terminal.rows(), prompt)) throw errorOf(blockedBy('draft'));
      if (!landed && !inVim(terminal.rows()) && place.tui.giveUp(reportOf(notTaken()))) {
        // What was pasted must not stay in the composer.
        await place.tui.clear();
        return 'unusable';
      }
      if (!landed) throw inVim(terminal.rows()) ? vimMode() : notTaken();
      const decision = decide({ ...place.view, screen: { kind: 'composer', draft: false } }, mode);
      if (decision.kind === 'refuse') throw errorOf(decision.error);
      if (decision.kind === 'wait') {
        place.logger.info('Codex began something else while a prompt was typed: it is typed again');
        await place.tui.clear();
        return 'again';
      }
      thread = place.thread;
      if (thread === null) throw unconfirmed('Codex has no conversation.');
      since = new Date();
      beforeSend?.(thread);
    } catch (error) {
      place.logger.warn({ err: error }, 'the prompt was not sent');
      // The user decides about their own text, which contains the prompt now.
      if (!holdsOther(terminal.rows(), prompt)) await place.tui.clear();
      throw error;
    }
    this.#sent = prompt;
    terminal.write(ENTER);
    return { thread, since, pid };
  }

  /** True when the terminal with the prompt, or its server, has ended. */
  #died(pid: number | null): boolean {
    return this.#place.tui.terminal.pid !== pid || this.#place.view.phase !== 'ready';
  }

  /**
   * True when the composer shows the prompt. Codex 0.169.0 sometimes wraps a long word out of sight: then a composer
   * that was empty before and is not any more counts.
   */
  async #landed(prompt: string, pid: number | null, signal: AbortSignal | undefined): Promise<boolean> {
    const { change, tui } = this.#place;
    const shown = (): true | null => this.#died(pid) || showsDraft(tui.terminal.rows(), prompt) || null;
    if (await change.until(shown, UNSEEN_MS, signal)) return true;
    const ours = (rows: readonly ScreenRow[]): boolean => holdsText(rows) && !holdsOther(rows, prompt);
    const held = (): true | null => shown() ?? (ours(tui.terminal.rows()) || null);
    return (await change.until(held, ECHO_TIMEOUT_MS - UNSEEN_MS, signal)) !== null;
  }

  /** True while the composer shows the prompt and nothing else would get the key. */
  #holdsStill(prompt: string): boolean {
    const { tui, view } = this.#place;
    if (!showsDraft(tui.terminal.rows(), prompt)) return false;
    return decide({ ...view, screen: { kind: 'composer', draft: false } }, 'turn').kind === 'open';
  }

  /** Waits until Codex takes steering text: when the model has finished a message, or as a new turn. */
  async #taken(turn: PromptTurn): Promise<void> {
    const { change } = this.#place;
    const over = (): true | null => {
      const { phase, thread } = this.#place.view;
      return turn.id !== null || phase !== 'ready' || thread.type !== 'active' || null;
    };
    await change.until(over, Number.POSITIVE_INFINITY);
  }

  /** Waits for the user message. If it does not arrive, asks the history. */
  async #confirm(turn: PromptTurn, prompt: string, mode: Mode, sent: Sent): Promise<void> {
    const { pid } = sent;
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
    // A slow terminal may still send it after the history was read; an ended one cannot.
    let kept = false;
    if (!cut && !this.#died(pid)) {
      kept = showsDraft(tui.terminal.rows(), prompt);
      await tui.clear();
      await change.until(() => turn.id ?? lost(), GONE_MS);
      if (turn.id !== null) return;
    }
    if (await recalled(turn, prompt, sent, { place: this.#place, cut })) return;
    throw kept ? keptByComposer() : unconfirmed('Codex did not confirm the prompt.');
  }
}

function inVim(rows: readonly ScreenRow[]): boolean {
  return rows.some(({ text }) => /\bVim: Normal\b/u.test(text));
}

function notTaken(): VoiceError {
  return unconfirmed('The hidden terminal did not take the prompt.');
}

function vimMode(): VoiceError {
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
