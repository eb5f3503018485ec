import { isSameFolder } from '../../files/user-paths.ts';
import { openRollouts } from './open-rollouts.ts';
import { fateIn } from './prompt-fate.ts';
import { turnsOf } from './rollout.ts';
import { filesIn, type RolloutFile, readRows, rolloutFile, sessionsFolder } from './rollout-files.ts';

interface WantedRollout {
  env: NodeJS.ProcessEnv;
  /** Process id of the terminal. */
  pid: number;
  /** Folder of the conversation. */
  directory: string;
  /** Start of the terminal. */
  since: Date;
  /** Prompts that were typed into the terminal and have not been confirmed. */
  prompts: readonly string[];
}

/**
 * Finds the conversation of a terminal; null: it has none yet. The user may run another Codex in the same folder, whose
 * conversation is ignored.
 */
export async function findRollout(wanted: WantedRollout): Promise<RolloutFile | null> {
  const { env, pid, directory } = wanted;
  const open = await openRollouts(pid, sessionsFolder(env));
  if (open === null) return withOurPrompt(wanted);
  const files = (await Promise.all(open.map((path) => rolloutFile(path)))).filter((file) => file !== null);
  const own = files.filter(({ cwd }) => isSameFolder(cwd, directory));
  return own.toSorted((a, b) => b.changedAt - a.changedAt)[0] ?? null;
}

/** Finds the conversation with a typed prompt, for systems that do not show the open files of a process. */
async function withOurPrompt({ env, directory, since, prompts }: WantedRollout): Promise<RolloutFile | null> {
  if (prompts.length === 0) return null;
  for (const file of await filesIn(env, directory, since.getTime())) {
    const turns = turnsOf(await readRows(file.path));
    if (prompts.some((prompt) => fateIn(turns, prompt, since).kind === 'accepted')) return file;
  }
  return null;
}
