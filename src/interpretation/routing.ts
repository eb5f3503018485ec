import type { ProjectRule } from '../utterance.ts';
import { spokenProject } from './route.ts';

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

export type Route =
  | ({ kind: 'prompt'; prompt: string } & Destination)
  /** The utterance chose a project, and is no prompt. */
  | ({ kind: 'switch' } & Destination);

/** Where a prompt goes of which nothing is known: to the chosen project, else to the focused one, else to the first. */
export function destinationOf(projects: RoutableProjects, focused: string | null = null): Destination {
  if (projects.chosen !== null) return { project: projects.chosen, rule: 'chosen' };
  if (focused !== null) return { project: focused, rule: 'focused' };
  return { project: projects.current.name, rule: 'default' };
}

/**
 * Where a spoken prompt goes: what was said counts more than anything else.
 * @param focused name of the project in whose folder the person worked when the key was pressed
 */
export function routeOf(projects: RoutableProjects, prompt: string, focused: string | null): Route {
  const spoken = spokenProject(prompt, projects.all);
  switch (spoken.kind) {
    case 'switch':
      return { kind: 'switch', project: spoken.project, rule: 'said' };
    case 'prompt':
      return { kind: 'prompt', project: spoken.project, rule: 'said', prompt: spoken.prompt };
    case 'none':
      return { kind: 'prompt', prompt, ...destinationOf(projects, focused) };
  }
}
