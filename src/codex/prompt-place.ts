import type { Logger } from 'pino';
import type { PromptFate } from '../agent/session.ts';
import { VoiceError } from '../errors.ts';
import type { Change } from './change.ts';
import type { GateView } from './tui/gate.ts';
import type { PromptTurn } from './turn.ts';

const RECOVERY_TIMEOUT_MS = 60_000;

/** The session, as each way to send a prompt sees it. */
export interface PromptPlace {
  readonly view: GateView;
  /** Notified whenever the view or the screen changes. */
  readonly change: Change;
  /** The current conversation. */
  readonly thread: string | null;
  /** Turns that receive the server's notifications. */
  readonly turns: Set<PromptTurn>;
  /** Searches the history for a prompt. */
  fateOf(prompt: string, thread: string, since: Date): Promise<PromptFate>;
  readonly logger: Logger;
}

/** Where a prompt was sent, and the time just before. */
export interface SentAt {
  thread: string;
  since: Date;
}

/**
 * Looks up a prompt that Codex did not report. Returns true when the history has it: its turn continues from there.
 * Nothing may still be able to send the prompt.
 * @param how `cut`: the server has ended since, and is being restarted
 */
export async function recalled(
  turn: PromptTurn,
  prompt: string,
  { thread, since }: SentAt,
  { place, cut }: { place: PromptPlace; cut: boolean },
): Promise<boolean> {
  if (cut) await place.change.until(() => place.view.phase !== 'recovering' || null, RECOVERY_TIMEOUT_MS);
  const fate = await place.fateOf(prompt, thread, since);
  if (fate.kind !== 'accepted') return false;
  place.logger.warn({ turn: fate.turn }, 'the prompt was found in the history only');
  // A turn that ended with its server counts as interrupted in the history, like one that the user has interrupted.
  const isLost = cut && fate.state === 'interrupted';
  turn.recall(isLost ? { ...fate, state: 'running' } : fate, performance.now());
  if (cut) turn.lost('', performance.now());
  return true;
}

/** Reports a prompt that Codex may or may not have. */
export function unconfirmed(message: string): VoiceError {
  return new VoiceError(
    'prompt-unconfirmed',
    message,
    'Run `codex-voice attach` to see what the terminal shows, then say it again.',
  );
}
