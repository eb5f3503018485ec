import { randomBytes } from 'node:crypto';
import type { ProcessFacts, ProcessTable } from './processes.ts';

/**
 * The variable in the environment of every Codex that the daemon starts. Its name has no word that Codex 0.169.0 takes
 * out of the environment of commands (KEY, SECRET, TOKEN).
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

  /** Notes a Codex process that has just been started. */
  note(pid: number): void {
    for (const [known, started] of this.#known) {
      if (this.#table.find(known)?.started !== started) this.#known.delete(known);
    }
    const facts = this.#table.find(pid);
    if (facts) this.#known.set(pid, facts.started);
  }

  /** True for a process that was noted, and not for a later one with the same id. */
  has({ pid, started }: ProcessFacts): boolean {
    return this.#known.get(pid) === started;
  }

  /** The environment for a Codex: what it starts carries the mark on. */
  environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return { ...env, [AGENT_VARIABLE]: this.#mark };
  }
}

/** True when an environment carries the mark of this or an earlier daemon. */
export function isMarked(environment: readonly string[]): boolean {
  return environment.some((entry) => entry.startsWith(`${AGENT_VARIABLE}=`));
}
