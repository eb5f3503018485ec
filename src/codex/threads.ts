import { reportOf } from '../errors.ts';
import type { PromptFate, ThreadSummary } from './codex.ts';
import type { CodexLink } from './link.ts';
import { type ThreadItem, type Turn, userText } from './protocol.ts';

/** What Codex 0.169.0 has for a person to return to; threads of subagents are none of it. */
const KINDS = ['cli', 'vscode', 'exec', 'appServer', 'unknown'];

/** Conversations of a folder, those used last first. */
export async function listThreads(
  { client }: CodexLink,
  directory: string,
  limit: number,
): Promise<ThreadSummary[]> {
  const { data } = await client.request('thread/list', {
    cwd: directory,
    limit,
    sortKey: 'updated_at',
    sourceKinds: KINDS,
    // Those that were begun with another model provider are the person's all the same.
    modelProviders: [],
  });
  return data.map(({ id, name, preview, updatedAt, cwd }) => ({
    id,
    name: name ?? null,
    preview: preview ?? '',
    at: new Date((updatedAt ?? 0) * 1_000).toISOString(),
    folder: cwd,
  }));
}

/** What the thread's history knows of a prompt that was sent at or after `since`. */
export async function fateOf(
  { client }: CodexLink,
  prompt: string,
  threadId: string,
  since: Date,
): Promise<PromptFate> {
  let turns: readonly Turn[];
  try {
    ({ turns } = (await client.request('thread/read', { threadId, includeTurns: true })).thread);
  } catch (error) {
    return { kind: 'unknown', reason: reportOf(error) };
  }
  return fateIn(turns, prompt, since);
}

/** What became of a prompt that was sent at or after `since`, from all turns of its conversation. */
export function fateIn(turns: readonly Turn[], prompt: string, since: Date): PromptFate {
  const turn = turns.findLast((each) => holds(each, prompt.trim(), since.getTime()));
  if (!turn) return { kind: 'absent' };
  return { kind: 'accepted', turn: turn.id, state: STATES[turn.status], answer: answerOf(turn.items) };
}

const STATES = {
  completed: 'answered',
  interrupted: 'interrupted',
  failed: 'failed',
  inProgress: 'running',
} as const;

/** An older turn with the same words must not be taken for this one. */
function holds(turn: Turn, prompt: string, since: number): boolean {
  const first = beganAt(turn);
  return turn.items.some((item) => {
    if (userText(item)?.trim() !== prompt) return false;
    return (item.startedAtMs ?? first) >= since;
  });
}

/**
 * When a turn began, ms since 1970: its id is a UUID of version 7 (Codex 0.169.0), whose first 48 bits are the time;
 * `startedAt` has whole seconds only.
 */
function beganAt({ id, startedAt }: Turn): number {
  const time = /^([0-9a-f]{8})-([0-9a-f]{4})-7/.exec(id);
  return time ? Number.parseInt(`${time[1]}${time[2]}`, 16) : ((startedAt ?? 0) + 1) * 1_000 - 1;
}

/** What Codex said last. */
function answerOf(items: readonly ThreadItem[]): string {
  const texts = items.filter(({ type }) => type === 'agentMessage').map(({ text }) => text ?? '');
  return texts.findLast((text) => text.trim() !== '')?.trim() ?? '';
}
