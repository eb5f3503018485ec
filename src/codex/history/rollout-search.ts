import type { PromptFate } from '../../agent/session.ts';
import { noConversation } from '../errors.ts';
import { ELSEWHERE_MS, fateIn } from './prompt-fate.ts';
import { turnsOf } from './rollout.ts';
import { fileOf, filesIn, readRows } from './rollout-files.ts';

/** A conversation without a file: Codex writes one with the first prompt. */
export const NEW = 'new';

interface WantedFate {
  /** Cleaned by cleanPrompt(). */
  prompt: string;
  thread: string;
  directory: string;
  since: Date;
  /** The conversation with a running turn; null: none. */
  running: string | null;
}

/**
 * Finds a prompt in rollout files: in its conversation, and in those that the user opened in the terminal at that time,
 * because a conversation has no file before its first prompt.
 * @throws VoiceError not-found
 */
export async function fateInRollouts(env: NodeJS.ProcessEnv, wanted: WantedFate): Promise<PromptFate> {
  const { prompt, thread, directory, since, running } = wanted;
  const own = thread === NEW ? null : await fileOf(env, thread);
  if (thread !== NEW && own === null) throw noConversation(thread);
  if (own !== null) {
    const fate = fateIn(turnsOf(await readRows(own), running !== thread), prompt, since);
    if (fate.kind === 'accepted') return fate;
  }
  const until = since.getTime() + ELSEWHERE_MS;
  for (const file of await filesIn(env, directory, since.getTime())) {
    if (file.thread === thread) continue;
    const turns = turnsOf(await readRows(file.path), running !== file.thread);
    const then = turns.filter(({ startedAt }) => (startedAt ?? 0) * 1_000 < until);
    const fate = fateIn(then, prompt, since);
    if (fate.kind === 'accepted') return fate;
  }
  return { kind: 'absent' };
}
