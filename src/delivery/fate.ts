import { setTimeout as delay } from 'node:timers/promises';
import type { AgentSession, KnownPrompt, PromptFate, SessionStatus } from '../agent/session.ts';
import { type ErrorReport, reportOf } from '../errors.ts';
import type { SentMark } from '../journal/queue-table.ts';
import type { Utterance } from '../utterance.ts';
import { fate as ends } from '../wording/notices.ts';

/** Pause between two looks at a running turn, ms. */
const LOOK_AGAIN_MS = 500;

/** The part of a session that delivery needs. */
export interface DeliverySession
  extends Pick<AgentSession, 'start' | 'submit' | 'interrupt' | 'fateOf' | 'pending'> {
  readonly status: Pick<SessionStatus, 'state'>;
}

interface Sent {
  prompt: string;
  mark: SentMark;
  /** Other prompts whose turns are known. */
  others: readonly KnownPrompt[];
}

/**
 * Finds out what became of a prompt that may have been sent. Waits while its turn runs. A turn that seems to run while
 * Codex is idle was cut off with its server.
 */
export async function findFate(
  { prompt, mark, others }: Sent,
  session: () => Promise<DeliverySession>,
  signal: AbortSignal,
): Promise<PromptFate> {
  try {
    const codex = await session();
    await codex.start();
    for (;;) {
      // Both before and after, because a turn may begin or end while the conversation is read.
      const before = isAtWork(codex);
      const fate = await codex.fateOf(prompt, mark.thread, mark.at, others);
      const runs = fate.kind === 'accepted' && fate.state === 'running';
      if (!runs || signal.aborted || !(before || isAtWork(codex))) return fate;
      await delay(LOOK_AGAIN_MS, undefined, { signal });
    }
  } catch (error) {
    return { kind: 'unknown', reason: reportOf(error) };
  }
}

/** What to do with a prompt. */
type Verdict =
  /** It was certainly not sent. */
  | { kind: 'send' }
  /** Only the user can know. */
  | { kind: 'ask'; error: ErrorReport }
  | {
      kind: 'end';
      state: 'answered' | 'interrupted' | 'failed';
      error: ErrorReport | null;
      answer: string;
    };

/** Decides from the fate of a prompt. An accepted prompt is never sent again automatically. */
export function judge({ id, state, answer }: Utterance, fate: PromptFate): Verdict {
  const known = answer ?? '';
  const accepted = state === 'accepted';
  switch (fate.kind) {
    case 'absent':
      return accepted
        ? { kind: 'end', state: 'interrupted', error: ends.forgotten(id), answer: known }
        : { kind: 'send' };
    case 'unknown':
      return accepted
        ? { kind: 'end', state: 'interrupted', error: ends.cutOff(id), answer: known }
        : { kind: 'ask', error: ends.uncertain(fate.reason) };
    case 'accepted': {
      const whole = fate.state === 'answered';
      return {
        kind: 'end',
        state: fate.state === 'running' ? 'interrupted' : fate.state,
        error: whole ? null : ends.cutOff(id),
        answer: fate.answer || known,
      };
    }
  }
}

function isAtWork({ status: { state } }: DeliverySession): boolean {
  return state === 'working' || state === 'waiting';
}
