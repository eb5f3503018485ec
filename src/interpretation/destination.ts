import type { ProjectRule } from '../utterance.ts';

/** Where an utterance goes, and why. */
export interface Destination {
  project: string;
  rule: ProjectRule;
}

/** The projects that a prompt can go to. */
export interface RoutableProjects {
  readonly all: readonly { name: string; aliases: readonly string[] }[];
  /** The name of the one that was chosen; null: none was. */
  readonly chosen: string | null;
  /** Where a prompt goes of which nothing is known. */
  readonly current: { name: string };
}

/** Where a prompt goes of which nothing is known: to the chosen project, else to the focused one, else to the first. */
export function destinationOf(projects: RoutableProjects, focused: string | null = null): Destination {
  if (projects.chosen !== null) return { project: projects.chosen, rule: 'chosen' };
  if (focused !== null) return { project: focused, rule: 'focused' };
  return { project: projects.current.name, rule: 'default' };
}
