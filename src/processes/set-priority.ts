import { readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { messageOf } from '../errors.ts';
import type { PriorityDriver } from './priority.ts';
import { threadsOf } from './threads.ts';

/** Capability that lifts the limit: capability.h of Linux. */
const CAP_SYS_NICE = 23n;

/** The smallest useful nice value. */
const LEAST_USE = -1;

interface SetPriorityOptions {
  platform?: NodeJS.Platform;
  /** Default: /proc. */
  root?: string;
}

/**
 * setpriority(2), for root and for users whose limits allow it (RLIMIT_NICE, as for members of `audio` or `pipewire` on
 * some distributions). On Linux each thread has a nice value, so all of them are set. On Windows, Node maps nice values
 * to priority classes (-11: high, -7: above normal), which every user may set; on macOS only root may. Not run on
 * either.
 */
export class SetPriority implements PriorityDriver {
  readonly name = 'setpriority' as const;
  readonly inherited: boolean;
  readonly #linux: boolean;
  readonly #root: string;

  constructor({ platform = process.platform, root = '/proc' }: SetPriorityOptions = {}) {
    this.#linux = platform === 'linux';
    // Windows starts a child in the normal class unless its parent is below normal.
    this.inherited = platform !== 'win32';
    this.#root = root;
  }

  async unavailable(): Promise<string | null> {
    if (this.#linux) {
      return this.#least() <= LEAST_USE ? null : 'the limit of this user (ulimit -e) does not allow it';
    }
    const before = getPriority();
    try {
      setPriority(LEAST_USE);
      setPriority(before);
      return null;
    } catch (error) {
      return `the system refuses it (${messageOf(error)})`;
    }
  }

  async raise(pid: number, nice: number): Promise<number> {
    const granted = this.#linux ? Math.max(nice, this.#least()) : nice;
    setPriorities(pid, granted, this.#root);
    return granted;
  }

  close(): void {}

  /** Returns the lowest nice value that this process may set: setrlimit(2). */
  #least(): number {
    const status = readFileSync(`${this.#root}/self/status`, 'utf8');
    const capabilities = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
    if ((capabilities >> CAP_SYS_NICE) & 1n) return -20;
    const limits = readFileSync(`${this.#root}/self/limits`, 'utf8');
    const [, soft = '0'] = /^Max nice priority\s+(\S+)/m.exec(limits) ?? [];
    return soft === 'unlimited' ? -20 : Math.max(-20, 20 - Number(soft));
  }
}

/**
 * Sets the nice value of all threads of a process. Every user may raise the value of their own processes.
 * @throws Error when the process is gone, or the system refuses
 */
export function setPriorities(pid: number, nice: number, root = '/proc'): void {
  setPriority(pid, nice);
  for (const { id } of threadsOf(pid, root)) {
    if (id === pid) continue;
    try {
      setPriority(id, nice);
    } catch (error) {
      // The thread has ended.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}
