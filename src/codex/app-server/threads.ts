import type { PromptFate, ThreadSummary } from '../../agent/session.ts';
import { reportOf } from '../../errors.ts';
import { beganAt, ELSEWHERE_MS, fateIn, type SentPrompt, tellsPrompt } from '../history/prompt-fate.ts';
import { turnsOf } from '../history/rollout.ts';
import { fileOf, readRows } from '../history/rollout-files.ts';
import { RequestError } from './client-errors.ts';
import type { CodexLink } from './link.ts';

/** Kinds of threads of Codex 0.169.0 that a user can resume; subagents are not among them. */
const KINDS = ['cli', 'vscode', 'exec', 'appServer', 'unknown'];

/** Conversations of a folder that are searched for a prompt. */
const MOST_OTHERS = 10;
/** Lists the conversations of a folder, the last used first. */
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
    // The user may have used another model provider earlier.
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

/**
 * Finds a prompt in Codex's history: in its conversation, on the server or on disk, and in those that the user may have
 * opened in the terminal at that time.
 */
export async function fateInThreads(
  link: CodexLink,
  sent: SentPrompt,
  env: NodeJS.ProcessEnv,
): Promise<PromptFate> {
  let fate: PromptFate;
  try {
    fate = fateIn((await link.readThread(sent.thread, true)).turns, sent.prompt, sent.since, sent.others);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    fate = await fateInRollout(sent, env, error);
  }
  return fate.kind === 'absent' ? fateElsewhere(link, sent) : fate;
}

async function fateInRollout(
  { prompt, thread, since, others }: SentPrompt,
  env: NodeJS.ProcessEnv,
  refusal: RequestError,
): Promise<PromptFate> {
  const path = await fileOf(env, thread);
  if (path === null) return { kind: 'unknown', reason: reportOf(refusal) };
  return fateIn(turnsOf(await readRows(path)), prompt, since, others);
}

/** Searches other conversations of the folder. The same words much later are a different prompt. */
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
    // In another conversation, a turn without a known prompt may belong to anything.
    const soon = turns.filter((turn) => beganAt(turn) < begin + ELSEWHERE_MS && tellsPrompt(turn));
    const fate = fateIn(soon, prompt, since, others);
    if (fate.kind === 'accepted') return fate;
  }
  return { kind: 'absent' };
}
