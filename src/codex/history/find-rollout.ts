import { openRollouts } from './open-rollouts.ts';
import { fateIn } from './prompt-fate.ts';
import { turnsOf } from './rollout.ts';
import { filesIn, type RolloutFile, readRows, rolloutFile, sessionsFolder } from './rollout-files.ts';

export interface WantedRollout {
  env: NodeJS.ProcessEnv;
  /** Of the terminal that the conversation is in. */
  pid: number;
  /** The folder that the conversation belongs to. */
  directory: string;
  /** When the terminal was started. */
  since: Date;
  /** What was typed into the terminal and is not known to have arrived. */
  prompts: readonly string[];
}

/**
 * The conversation that a terminal is in; null: it has none yet. A person may have another Codex in the same folder:
 * its conversation is none of ours.
 */
export async function findRollout(wanted: WantedRollout): Promise<RolloutFile | null> {
  const { env, pid, directory } = wanted;
  const open = await openRollouts(pid, sessionsFolder(env));
  if (open === null) return withOurPrompt(wanted);
  const files = (await Promise.all(open.map((path) => rolloutFile(path)))).filter((file) => file !== null);
  const own = files.filter(({ cwd }) => cwd === directory);
  return own.toSorted((a, b) => b.changedAt - a.changedAt)[0] ?? null;
}

/** Where one cannot see which files a process has open: the conversation that has what was typed. */
async function withOurPrompt({ env, directory, since, prompts }: WantedRollout): Promise<RolloutFile | null> {
  if (prompts.length === 0) return null;
  for (const file of await filesIn(env, directory, since.getTime())) {
    const turns = turnsOf(await readRows(file.path));
    if (prompts.some((prompt) => fateIn(turns, prompt, since).kind === 'accepted')) return file;
  }
  return null;
}
