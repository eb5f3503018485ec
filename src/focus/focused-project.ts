import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { isWithin } from '../files/user-paths.ts';
import type { ActiveWindow } from './active-window.ts';
import { consoleFolders } from './console-folder.ts';
import { type EditorProject, editorProjects } from './editor-title.ts';
import { terminalFolders } from './terminal-folder.ts';

/** A project whose folder may have the focus. */
export interface FocusableProject {
  name: string;
  /** Absolute. */
  directory: string;
}

/** Finds the project in whose folder the user works in a window: a terminal or an editor. Null when it has none. */
export async function projectOfWindow(
  window: ActiveWindow,
  projects: readonly FocusableProject[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string | null> {
  const real = await Promise.all(projects.map(withRealFolder));
  // All windows of an editor share one process: only the title distinguishes them.
  const edited = editorProjects(window);
  if (edited.length > 0) return projectOfEditor(edited, real);
  if (window.pid === null) return null;
  const folders =
    process.platform === 'win32'
      ? await consoleFolders(window)
      : await terminalFolders(window.pid, env, signal);
  return projectOfFolders(folders, window.title, real);
}

/** Resolves symbolic links, because the working folder of a process never contains them. */
async function withRealFolder({ name, directory }: FocusableProject): Promise<FocusableProject> {
  try {
    return { name, directory: await realpath(directory) };
  } catch {
    return { name, directory }; // The folder does not exist.
  }
}

/** Returns the one project that matches the folder or the name from an editor's title. */
export function projectOfEditor(
  edited: readonly EditorProject[],
  projects: readonly FocusableProject[],
): string | null {
  for (const said of edited) {
    if ('folder' in said) return projectAt(said.folder, projects);
    const named = projects.filter(({ name, directory }) => [name, basename(directory)].includes(said.name));
    if (named.length === 1 && named[0]) return named[0].name;
  }
  return null;
}

/**
 * Returns the project that contains the working folders of a window's terminals. When they are in several projects, the
 * title decides, because shells put the folder or its end there.
 */
export function projectOfFolders(
  folders: readonly string[],
  title: string,
  projects: readonly FocusableProject[],
): string | null {
  const words = new Set(title.split(/[\s:/\\~]+/u));
  const inTitle = folders.filter((folder) => words.has(basename(folder)));
  const found = new Set(
    (inTitle.length > 0 ? inTitle : folders).map((folder) => projectAt(folder, projects)),
  );
  const [project = null, ...others] = found;
  return others.length === 0 ? project : null;
}

/** Returns the innermost project that contains the folder. */
export function projectAt(folder: string, projects: readonly FocusableProject[]): string | null {
  const around = projects
    .filter(({ directory }) => isWithin(folder, directory))
    .toSorted((a, b) => b.directory.length - a.directory.length);
  return around[0]?.name ?? null;
}
