import type { ProjectRule } from '../utterance.ts';

/** The project of an utterance, and why. */
export interface Destination {
  project: string;
  rule: ProjectRule;
}

/** The projects that a prompt can go to. */
export interface RoutableProjects {
  readonly all: readonly { name: string; aliases: readonly string[] }[];
  /** Name of the chosen project; null: none is chosen. */
  readonly chosen: string | null;
  /** The default destination of a prompt that names no project. */
  readonly current: { name: string };
}

/**
 * Returns the destination of a prompt that names no project: the chosen project, else the focused one, else the first.
 */
export function destinationOf(projects: RoutableProjects, focused: string | null = null): Destination {
  if (projects.chosen !== null) return { project: projects.chosen, rule: 'chosen' };
  if (focused !== null) return { project: focused, rule: 'focused' };
  return { project: projects.current.name, rule: 'default' };
}
