import type { KnownPrompt, PromptFate } from '../../agent/session.ts';
import { type ThreadItem, type Turn, userText } from '../protocol.ts';

/** From the key that sends a prompt to its turn it takes about 30 ms; a busy machine needs longer. */
export const ELSEWHERE_MS = 30_000;

/** A prompt that may have been sent. */
export interface SentPrompt {
  /** Cleaned by cleanPrompt(). */
  prompt: string;
  /** The conversation to which it was addressed, and its folder. */
  thread: string;
  directory: string;
  /** Time just before the key that sends it. */
  since: Date;
  /** Other prompts whose turns are known. */
  others: readonly KnownPrompt[];
}

/**
 * Finds a prompt that was sent at or after `since` among the turns of its conversation.
 * @param others other prompts whose turns are known
 */
export function fateIn(
  turns: readonly Turn[],
  prompt: string,
  since: Date,
  others: readonly KnownPrompt[] = [],
): PromptFate {
  const words = prompt.trim();
  const turn =
    turns.find((each) => holds(each, words, since.getTime(), others)) ??
    turns.find((each) => isNameless(each, since.getTime(), others));
  if (!turn) return { kind: 'absent' };
  return { kind: 'accepted', turn: turn.id, state: STATES[turn.status], answer: answerOf(turn.items) };
}

/** A user who is not sure whether a prompt was sent repeats it: then there are several with the same words. */
function holds(turn: Turn, words: string, since: number, others: readonly KnownPrompt[]): boolean {
  const same = turn.items.filter((item) => userText(item)?.trim() === words);
  const theirs = others.filter((other) => other.turn === turn.id && other.prompt.trim() === words);
  return same.length > theirs.length && same.some((item) => isSince(item, turn, since));
}

/**
 * True for a turn that may be the prompt's although it does not contain it: one that was interrupted within its first
 * milliseconds. The model has seen the prompt in any case (Codex 0.169.0).
 */
function isNameless(turn: Turn, since: number, others: readonly KnownPrompt[]): boolean {
  if (turn.status !== 'interrupted' || beganAt(turn) < since) return false;
  return !tellsPrompt(turn) && !others.some((other) => other.turn === turn.id);
}

const STATES = {
  completed: 'answered',
  interrupted: 'interrupted',
  failed: 'failed',
  inProgress: 'running',
} as const;

export function tellsPrompt({ items }: Turn): boolean {
  return items.some((item) => userText(item) !== null);
}

/** False for an older message with the same words. */
function isSince({ startedAtMs }: ThreadItem, turn: Turn, since: number): boolean {
  return (startedAtMs ?? beganAt(turn)) >= since;
}

/**
 * Returns when a turn began, ms since 1970. Its id is a UUID of version 7 (Codex 0.169.0), whose first 48 bits are the
 * time; `startedAt` has only whole seconds.
 */
export function beganAt({ id, startedAt }: Turn): number {
  const time = /^([0-9a-f]{8})-([0-9a-f]{4})-7/.exec(id);
  return time ? Number.parseInt(`${time[1]}${time[2]}`, 16) : ((startedAt ?? 0) + 1) * 1_000 - 1;
}

/** Returns Codex's last message. */
function answerOf(items: readonly ThreadItem[]): string {
  const texts = items.filter(({ type }) => type === 'agentMessage').map(({ text }) => text ?? '');
  return texts.findLast((text) => text.trim() !== '')?.trim() ?? '';
}
