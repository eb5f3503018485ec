import { basename } from 'node:path';
import type { Project } from '../agent/project.ts';
import type { Settings } from '../settings/schema.ts';

/** A project as the settings name it; without one, the folder stands for itself. */
export interface NamedProject extends Project {
  /** What it is also called when it is spoken of. */
  aliases: readonly string[];
}

/** The projects of the settings; where there are none, their folder, else where the daemon was started. */
export function projectsOf(
  settings: Settings,
  workingDirectory: string,
): readonly [NamedProject, ...NamedProject[]] {
  const [first, ...others] = settings.project.map(({ name, path, aliases }) => ({
    name,
    directory: path,
    trusted: true,
    aliases,
  }));
  if (first) return [first, ...others];
  const directory = settings.codex.directory || workingDirectory;
  const trusted = settings.codex.directory !== '';
  return [{ name: basename(directory) || '/', directory, trusted, aliases: [] }];
}
