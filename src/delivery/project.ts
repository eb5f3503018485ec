import { basename } from 'node:path';
import type { Project } from '../agent/project.ts';
import type { Settings } from '../settings/schema.ts';

/** A project of the settings, or the folder that is used without one. */
export interface NamedProject extends Project {
  /** Other names in speech. */
  aliases: readonly string[];
}

/** Returns the projects of the settings; without any, `[codex] directory`, else the daemon's working folder. */
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
