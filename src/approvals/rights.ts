import type { Logger } from 'pino';
import type { ActionOf, ActionType, Judge, Origin, Voice } from '../actions.ts';
import type { WaitingRequest } from '../agent/requests.ts';
import { type ErrorReport, VoiceError } from '../errors.ts';
import { spokenRefused, staleRequest } from '../wording/notifications.ts';
import { ALWAYS_DANGEROUS } from './dangers.ts';
import { requestPermission } from './voice.ts';

/** Actions that answer Codex, or send a prompt that waits for the user. */
const DECISIONS: readonly ActionType[] = ['answer', 'review-send', 'correct'];

/** Knows which requests were read aloud. */
interface ReadRequests {
  /** Returns when a request was read to its end as it is now, performance.now() in ms; null: it was not. */
  readAt(request: WaitingRequest): number | null;
  /** Reads a request that was not heard to its end. Resolves with why it cannot be read; null: it is read. */
  readAgain(request: WaitingRequest): Promise<ErrorReport | null>;
  /** Reports whether a request can be read aloud completely. */
  isReadable(request: WaitingRequest): boolean;
}

export interface RightsParts {
  /** `[security] socket_decisions`: "nobody": nothing is decided over the control socket. */
  socketDecisions: () => 'people' | 'nobody';
  /** `[approvals] voice_commands`. */
  voiceCommands: () => readonly string[];
  /** All requests that wait. */
  pending: () => readonly WaitingRequest[];
  aloud: ReadRequests;
  logger: Logger;
}

/**
 * Decides which origins may answer Codex, send a prompt that waits, or press keys in the hidden terminal, which can do
 * both. All other actions are allowed from every origin.
 */
export class Rights {
  readonly #parts: RightsParts;

  constructor(parts: RightsParts) {
    this.#parts = parts;
  }

  /** Judges an action before it is done. */
  readonly judge: Judge = (action, origin) => {
    // A word changes every later transcript, so only the user's press on a button remembers one.
    if (action.type === 'remember-word' && origin !== 'bubble')
      throw refused('Only the button of a notification remembers a word.');
    if (!DECISIONS.includes(action.type)) return null;
    this.requireDecider(origin);
    return action.type === 'answer' && typeof origin === 'object' ? this.#judgeSpoken(action, origin) : null;
  };

  /** Refuses an origin that may not decide anything. @throws VoiceError decision-refused */
  requireDecider(origin: Origin): void {
    const why = this.#whyNot(origin);
    if (why === null) return;
    this.#parts.logger.warn({ origin, reason: why }, 'a decision was refused');
    throw refused(why);
  }

  #whyNot(origin: Origin): string | null {
    if (origin === 'recording') return 'A recording decides nothing.';
    if (origin === 'socket' && this.#parts.socketDecisions() === 'nobody')
      return 'The settings allow no decisions over the control socket.';
    return null;
  }

  async #judgeSpoken(action: ActionOf<'answer'>, { pressedAt }: Voice): Promise<void> {
    const why = await this.#whyNotSpoken(action, pressedAt);
    if (why !== null) throw refused(why);
  }

  /**
   * A voice decides about the only request that waits, when it was read to its end before the key was pressed and is
   * still the same.
   */
  async #whyNotSpoken(
    { request: id, hash, answer }: ActionOf<'answer'>,
    pressedAt: number | null,
  ): Promise<string | null> {
    const { pending, voiceCommands, aloud } = this.#parts;
    const [request, ...others] = pending();
    if (others.length > 0) return spokenRefused.several;
    if (!request || request.id !== id || request.hash !== hash) return staleRequest;
    const permission = requestPermission(request, voiceCommands());
    const dangers = request.dangers.filter(
      (each) => permission !== 'named' || ALWAYS_DANGEROUS.includes(each),
    );
    if (dangers.length > 0) return spokenRefused.dangerous(dangers);
    const decision = 'decision' in answer ? answer.decision : null;
    if (decision === null || decision === 'approve-session' || !request.decisions.includes(decision))
      return spokenRefused.unfit;
    if (!aloud.isReadable(request)) return spokenRefused.unreadable;
    if (decision === 'approve' && permission === null) return spokenRefused.notListed;
    const readAt = aloud.readAt(request);
    if (readAt !== null && pressedAt !== null && readAt <= pressedAt) return null;
    const trouble = await aloud.readAgain(request);
    return trouble?.message ?? spokenRefused.unread;
  }
}

function refused(why: string): VoiceError {
  return new VoiceError('decision-refused', why, 'Use the buttons of the notification.');
}
