import { basename } from 'node:path';
import type { Settings } from '../settings/schema.ts';

/** Which project of the settings is talked to; without one, the folder stands for itself. */
export interface Project {
  name: string;
  directory: string;
  /** Named by the person in the settings: Codex need not ask whether to trust it. */
  trusted: boolean;
}

/** The first project of the settings, else their folder, else where the daemon was started. */
export function projectOf(settings: Settings, workingDirectory: string): Project {
  const [first] = settings.project;
  if (first) return { name: first.name, directory: first.path, trusted: true };
  const directory = settings.codex.directory || workingDirectory;
  return { name: basename(directory) || '/', directory, trusted: settings.codex.directory !== '' };
}
