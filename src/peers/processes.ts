/** A process as the system describes it. */
export interface ProcessFacts {
  pid: number;
  /** Id of its parent; 0: it has none that is visible from here. */
  parent: number;
  /** When it started, in the system's own terms: tells it from a later process with the same id. */
  started: string;
}

/** What keeps a process apart from others, and is inherited by its children. */
export interface Confinement {
  /** Names the set of processes it can see. */
  namespace: string;
  /** Path of its control group; '' where the system has none. */
  group: string;
  /** A sandbox has taken privileges from it for good. */
  unprivileged: boolean;
  /** Filters of system calls (or profiles of a sandbox) that it is subject to. */
  filters: number;
}

/** Reads the processes of this system. Every method answers at once, so that what it says belongs together. */
export interface ProcessTable {
  /** null: there is no such process any more, or it may not be looked at. */
  find(pid: number): ProcessFacts | null;
  /** The environment with which it began, as `NAME=value`; null: it may not be read. */
  environment(pid: number): string[] | null;
  /** null: it may not be read. */
  confinement(pid: number): Confinement | null;
}
