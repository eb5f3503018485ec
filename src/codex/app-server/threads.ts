import { reportOf } from '../../errors.ts';
import type { KnownPrompt, PromptFate, ThreadSummary } from '../codex.ts';
import { turnsOf } from '../history/rollout.ts';
import { fileOf, readRows } from '../history/rollout-files.ts';
import { type ThreadItem, type Turn, userText } from '../protocol.ts';
import { RequestError } from './client-errors.ts';
import type { CodexLink } from './link.ts';

/** What Codex 0.169.0 has for a person to return to; threads of subagents are none of it. */
const KINDS = ['cli', 'vscode', 'exec', 'appServer', 'unknown'];

/** Conversations of a folder that are looked into for a prompt. */
const MOST_OTHERS = 10;
/** From the key that sends a prompt to its turn it takes about 30 ms; a busy machine needs longer. */
const ELSEWHERE_MS = 30_000;

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

/** A prompt that was perhaps sent. */
export interface SentPrompt {
  /** Cleaned. */
  prompt: string;
  /** The conversation that was to have it, and its folder. */
  thread: string;
  directory: string;
  /** Just before the key that sends it. */
  since: Date;
  /** Where other prompts are known to stand. */
  others: readonly KnownPrompt[];
}

/**
 * What the history of Codex knows of a prompt. It is looked for in its conversation, as the server has it or as it is
 * on disk, and in those that the person may have gone to in the terminal just then.
 */
export async function fateOf(link: CodexLink, sent: SentPrompt, env: NodeJS.ProcessEnv): Promise<PromptFate> {
  let fate: PromptFate;
  try {
    fate = fateIn((await link.readThread(sent.thread, true)).turns, sent.prompt, sent.since, sent.others);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    fate = await fateOnDisk(sent, env, error);
  }
  return fate.kind === 'absent' ? fateElsewhere(link, sent) : fate;
}

async function fateOnDisk(
  { prompt, thread, since, others }: SentPrompt,
  env: NodeJS.ProcessEnv,
  refusal: RequestError,
): Promise<PromptFate> {
  const path = await fileOf(env, thread);
  if (path === null) return { kind: 'unknown', reason: reportOf(refusal) };
  return fateIn(turnsOf(await readRows(path)), prompt, since, others);
}

/** In other conversations of the folder; the same words, said much later in one of them, are another prompt. */
async function fateElsewhere(
  link: CodexLink,
  { prompt, thread, directory, since, others }: SentPrompt,
): Promise<PromptFate> {
  const begin = since.getTime();
  const threads = (await listThreads(link, directory, MOST_OTHERS)).filter(
    ({ id, at }) => id !== thread && Date.parse(at) >= begin - 1_000,
  );
  for (const { id } of threads) {
    const { turns } = await link.readThread(id, true);
    // One that does not tell its prompt may be anybody's there.
    const soon = turns.filter((turn) => beganAt(turn) < begin + ELSEWHERE_MS && tellsPrompt(turn));
    const fate = fateIn(soon, prompt, since, others);
    if (fate.kind === 'accepted') return fate;
  }
  return { kind: 'absent' };
}

/**
 * What became of a prompt that was sent at or after `since`, from all turns of its conversation.
 * @param others where other prompts are known to stand
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

/** Somebody who does not know whether a prompt was sent says it again: then there are more of the same words. */
function holds(turn: Turn, words: string, since: number, others: readonly KnownPrompt[]): boolean {
  const same = turn.items.filter((item) => userText(item)?.trim() === words);
  const theirs = others.filter((other) => other.turn === turn.id && other.prompt.trim() === words);
  return same.length > theirs.length && same.some((item) => isSince(item, turn, since));
}

/**
 * A turn that was interrupted within its first milliseconds does not tell its prompt, which the model's conversation
 * has all the same (Codex 0.169.0).
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

function tellsPrompt({ items }: Turn): boolean {
  return items.some((item) => userText(item) !== null);
}

/** An older message with the same words must not be taken for this one. */
function isSince({ startedAtMs }: ThreadItem, turn: Turn, since: number): boolean {
  return (startedAtMs ?? beganAt(turn)) >= since;
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
