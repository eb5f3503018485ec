/** A process as the system describes it. */
export interface ProcessFacts {
  pid: number;
  /** Id of its parent; 0: it has none that is visible from here. */
  parent: number;
  /** Start time in the system's format. It distinguishes the process from a later one with the same id. */
  started: string;
}

/** Restrictions that children of a process inherit. */
export interface Confinement {
  /** Process namespace: the set of processes that it can see. */
  namespace: string;
  /** Path of its control group; '' where the system has none. */
  group: string;
  /** A sandbox has permanently removed its privileges. */
  unprivileged: boolean;
  /** Number of system call filters or sandbox profiles that apply to it. */
  filters: number;
}

/** Reads the processes of this system. All methods are synchronous, so that their results are consistent. */
export interface ProcessTable {
  /** Returns null when the process has ended or is not visible. */
  find(pid: number): ProcessFacts | null;
  /** Returns the environment with which it started, as `NAME=value`; null: it is unreadable. */
  environment(pid: number): string[] | null;
  /** Returns null when it is unreadable. */
  confinement(pid: number): Confinement | null;
}
