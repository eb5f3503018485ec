import { basename } from 'node:path';
import type { Project } from '../agent/project.ts';
import { VoiceError } from '../errors.ts';
import type { Settings } from '../settings/schema.ts';
import { closest } from '../settings/suggest.ts';
import { namedBy } from '../text/project-name.ts';

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

/** Returns the project with this name or alias, written or spoken. @throws VoiceError project-unknown */
export function projectCalled(name: string, projects: readonly NamedProject[]): NamedProject {
  const exact = projects.find((project) => project.name === name);
  return exact ?? projectNamed(namedBy(name, projects, 'exactly') ?? name, projects);
}

/** Returns the project with this exact name. @throws VoiceError project-unknown */
export function projectNamed(name: string, projects: readonly NamedProject[]): NamedProject {
  const project = projects.find((each) => each.name === name);
  if (project) return project;
  const meant = closest(
    name,
    projects.flatMap((each) => [each.name, ...each.aliases]),
  );
  const known = projects.map((each) => each.name).join(', ');
  const hint = `${meant === undefined ? '' : `Did you mean ${meant}? `}Known projects: ${known}.`;
  throw new VoiceError('project-unknown', `There is no project called ${name}.`, hint);
}
