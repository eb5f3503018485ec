import type { Driver } from '../drivers.ts';

/** What a process does for the user; it decides how long the process may wait for a processor. */
export type Role = 'daemon' | 'recorder' | 'engine' | 'turn';

/**
 * Nice values of the roles, -20 (first) to 19 (last); an ordinary process has 0. The daemon and a recorder lose sound
 * when they wait, and need next to no processor time: they get the value that PulseAudio asks for. The engine and
 * smart-turn compute on all cores for a fraction of a second: they come after those two and before whatever else the
 * user runs, because the user waits for them (docs/busy-machines.md has the measurements).
 */
export const NICE: Readonly<Record<Role, number>> = { daemon: -11, recorder: -11, engine: -7, turn: -7 };

export type PriorityDriverName = 'setpriority' | 'rtkit';

/** One way to raise the priority of this user's processes. */
export interface PriorityDriver extends Driver<PriorityDriverName> {
  /**
   * True when the children of a raised process inherit its priority. Codex must not have it, so every child is reset
   * first.
   */
  readonly inherited: boolean;
  /**
   * Raises every thread of a process that matters.
   * @param nice wanted nice value, below 0
   * @returns the nice value that was granted to its main thread
   * @throws Error when the system refuses, or the process is gone
   */
  raise(pid: number, nice: number): Promise<number>;
  /** Releases what the driver holds. What was granted stays. */
  close(): void;
}

/** What the scheduler compares with the rest of the desktop before it looks at nice values (Linux). */
export type SchedulingGroup =
  /** A control group that shares the processors by weight; 100 is the ordinary weight. */
  | { kind: 'cgroup'; weight: number }
  /** The session of the process (autogroup), with a separate nice value. */
  | { kind: 'session'; nice: number }
  /** Threads are compared one by one. */
  | { kind: 'none' };

/** The priority that was granted. */
export interface PriorityState {
  /** Nice value of the daemon's main thread. */
  nice: number;
  /** The driver that granted it; null when none did. */
  driver: PriorityDriverName | null;
  /** Nice value of the speech engine's main thread; null while none runs. */
  engine: number | null;
  group: SchedulingGroup;
  /** Drivers that were passed over, with the reason, in the order in which they were tried. */
  passed_over: readonly { driver: PriorityDriverName; reason: string }[];
}
