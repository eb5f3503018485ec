import { setTimeout as delay } from 'node:timers/promises';
import type { AgentSession, KnownPrompt, PromptFate, SessionStatus } from '../agent/session.ts';
import { type ErrorReport, reportOf } from '../errors.ts';
import type { SentMark } from '../journal/queue-table.ts';
import type { Utterance } from '../utterance.ts';
import { fate as ends } from '../wording/notices.ts';

/** A turn that runs is looked at again this often. */
const LOOK_AGAIN_MS = 500;

/** What delivery needs of a session of Codex. */
export interface DeliverySession
  extends Pick<AgentSession, 'start' | 'submit' | 'interrupt' | 'fateOf' | 'pending'> {
  readonly status: Pick<SessionStatus, 'state'>;
}

export interface Sent {
  prompt: string;
  mark: SentMark;
  /** Where other prompts stand. */
  others: readonly KnownPrompt[];
}

/**
 * What became of a prompt that may have been sent. One whose turn still runs is waited for; one whose turn seems to
 * run while Codex does nothing was cut off with the server that ran it.
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
      // Before and after: a turn may begin or end while the conversation is read.
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

/** What is to be done with a prompt of which this is known. */
export type Verdict =
  /** It surely was not sent. */
  | { kind: 'send' }
  /** Only the person can know. */
  | { kind: 'ask'; error: ErrorReport }
  | {
      kind: 'end';
      state: 'answered' | 'interrupted' | 'failed';
      error: ErrorReport | null;
      answer: string;
    };

/** What was accepted is never sent again by itself, whatever the conversation says of it. */
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
