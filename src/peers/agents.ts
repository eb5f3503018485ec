import { randomBytes } from 'node:crypto';
import type { ProcessFacts, ProcessTable } from './processes.ts';

/**
 * This variable marks every Codex that the daemon starts. Its name avoids words that Codex 0.169.0 removes from the
 * environment of commands (KEY, SECRET, TOKEN).
 */
export const AGENT_VARIABLE = 'CODEX_VOICE_AGENT';

/** The Codex processes that this daemon has started. */
export class AgentProcesses {
  readonly #table: Pick<ProcessTable, 'find'>;
  readonly #mark = randomBytes(8).toString('hex');
  readonly #known = new Map<number, string>();

  constructor(table: Pick<ProcessTable, 'find'>) {
    this.#table = table;
  }

  /** Adds a Codex process that has just started. */
  note(pid: number): void {
    for (const [known, started] of this.#known) {
      if (this.#table.find(known)?.started !== started) this.#known.delete(known);
    }
    const facts = this.#table.find(pid);
    if (facts) this.#known.set(pid, facts.started);
  }

  /** True for an added process, but not for a later one with the same id. */
  has({ pid, started }: ProcessFacts): boolean {
    return this.#known.get(pid) === started;
  }

  /** Returns the environment for a Codex, whose child processes inherit the mark. */
  environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return { ...env, [AGENT_VARIABLE]: this.#mark };
  }
}

/** True when an environment has the mark of this or an earlier daemon. */
export function isMarked(environment: readonly string[]): boolean {
  return environment.some((entry) => entry.startsWith(`${AGENT_VARIABLE}=`));
}
