import { type AgentProcesses, isMarked } from './agents.ts';
import type { PeerCredentials } from './credentials.ts';
import type { Confinement, ProcessFacts, ProcessTable } from './processes.ts';

/** Why a peer does not count as the user's program: the end of the sentence "The request came from ...". */
export type Suspicion =
  | 'a program that Codex started'
  | 'a program in a sandbox'
  | 'a program of the service whose parent has ended'
  | 'a program that has ended or cannot be identified'
  | 'another user';

/** Deeper than any process tree; a cycle would be a bug of the reader. */
const DEEPEST = 256;
/** The control group of the daemon when it runs as a user service (src/service/systemd-unit.ts). */
const OWN_SERVICE = /\/codex-voice\.service(?:\/|$)/u;

interface JudgeOptions {
  table: ProcessTable;
  agents: Pick<AgentProcesses, 'has'>;
  /** Of the daemon. */
  pid: number;
  uid: number;
}

/** Distinguishes the user's programs from those that a Codex of this daemon started. */
export class PeerJudge {
  readonly #options: JudgeOptions;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /** Returns the process with these credentials; null: it has ended. */
  identify({ pid }: PeerCredentials): ProcessFacts | null {
    return pid > 0 ? this.#options.table.find(pid) : null;
  }

  /**
   * Judges a process as it is now.
   * @param peer as it was when it connected
   * @returns null for a program of the user
   */
  suspect(credentials: PeerCredentials | null, peer: ProcessFacts | null): Suspicion | null {
    const { table, uid } = this.#options;
    if (credentials === null || peer === null) return 'a program that has ended or cannot be identified';
    if (credentials.uid !== uid) return 'another user';
    const line = this.#ancestry(peer);
    const confined = table.confinement(peer.pid);
    const own = table.confinement(this.#options.pid);
    const environment = table.environment(peer.pid);
    if (line === null || confined === null || own === null || environment === null)
      return 'a program that has ended or cannot be identified';
    if (line.some((each) => this.#options.agents.has(each)) || this.#isMarked(line, environment))
      return 'a program that Codex started';
    if (isSandboxed(confined, own)) return 'a program in a sandbox';
    // A process that was orphaned on purpose has no ancestor to judge, but it cannot leave the service's group.
    const orphan = !line.some(({ pid }) => pid === this.#options.pid);
    if (orphan && confined.group === own.group && OWN_SERVICE.test(own.group))
      return 'a program of the service whose parent has ended';
    // Meanwhile the id may belong to a different process.
    if (table.find(peer.pid)?.started !== peer.started)
      return 'a program that has ended or cannot be identified';
    return null;
  }

  /**
   * True for a service of the desktop, such as a panel, that Codex did not start. Such a service may have a sandbox
   * itself, so a sandbox counts only in the daemon's group, where Codex runs.
   */
  trustsService(pid: number): boolean {
    const { table, pid: own, uid } = this.#options;
    const peer = table.find(pid);
    const suspicion = this.suspect({ pid, uid }, peer);
    if (suspicion !== 'a program in a sandbox') return suspicion === null;
    const [confined, mine] = [table.confinement(pid), table.confinement(own)];
    return confined !== null && confined.namespace === mine?.namespace && confined.group !== mine.group;
  }

  /** Returns the process and its ancestors, up to the daemon or the first process; null: one has ended. */
  #ancestry(peer: ProcessFacts): ProcessFacts[] | null {
    const { table, pid: own } = this.#options;
    const line: ProcessFacts[] = [];
    for (let pid = peer.pid; pid > 0; ) {
      const facts = table.find(pid);
      if (line.length > DEEPEST) return null;
      if (facts === null) {
        // Where /proc hides other users' processes (hidepid), the list ends before the first of them.
        const child = line.at(-1);
        return child && table.find(child.pid)?.parent === pid ? line : null;
      }
      if (line.length === 0 && facts.started !== peer.started) return null;
      line.push(facts);
      if (pid === own) break;
      pid = facts.parent;
    }
    return line;
  }

  /** The environment of another user's process, such as a login, is unreadable, and does not matter. */
  #isMarked(line: readonly ProcessFacts[], environment: readonly string[]): boolean {
    if (isMarked(environment)) return true;
    const ancestors = line.slice(1).filter(({ pid }) => pid !== this.#options.pid);
    return ancestors.some(({ pid }) => isMarked(this.#options.table.environment(pid) ?? []));
  }
}

/**
 * Codex 0.169.0 runs commands in a separate process namespace (bubblewrap) or, where that fails, under filters of
 * system calls (Landlock and seccomp). Every descendant inherits both, whatever it does to its parents or environment.
 */
function isSandboxed(peer: Confinement, own: Confinement): boolean {
  if (peer.namespace !== own.namespace) return true;
  return (peer.unprivileged && !own.unprivileged) || peer.filters > own.filters;
}
