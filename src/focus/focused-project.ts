import { realpath } from 'node:fs/promises';
import { basename, isAbsolute, relative } from 'node:path';
import type { Logger } from 'pino';
import { activeWindow } from './active-window.ts';
import { type EditorProject, editorProjects } from './editor-title.ts';
import { terminalFolders } from './terminal-folder.ts';

/** A project whose folder may have the focus. */
export interface FocusableProject {
  name: string;
  /** Absolute. */
  directory: string;
}

/** Time limit for the desktop's answers, ms: a prompt waits for them. */
const LIMIT_MS = 300;

/**
 * Finds the project in whose folder the user works: in the focused terminal or editor. X11 only; null when that cannot
 * be determined. Never throws, and takes at most 300 ms.
 */
export async function focusedProject(
  projects: readonly FocusableProject[],
  env: NodeJS.ProcessEnv,
  logger: Logger,
): Promise<string | null> {
  if (!env.DISPLAY || projects.length < 2) return null;
  const limit = AbortSignal.timeout(LIMIT_MS);
  const late = new Promise<never>((_, reject) => {
    limit.addEventListener('abort', () => reject(limit.reason), { once: true });
  });
  try {
    return await Promise.race([late, look(projects, env, logger, limit)]);
  } catch (error) {
    logger.debug({ err: error }, 'the focused window is not known');
    return null;
  }
}

async function look(
  projects: readonly FocusableProject[],
  env: NodeJS.ProcessEnv,
  logger: Logger,
  signal: AbortSignal,
): Promise<string | null> {
  const [window, real] = await Promise.all([
    activeWindow(env, logger, signal),
    Promise.all(projects.map(withRealFolder)),
  ]);
  if (!window) return null;
  // All windows of an editor share one process: only the title distinguishes them.
  const edited = editorProjects(window);
  if (edited.length > 0) return projectOfEditor(edited, real);
  if (window.pid === null) return null;
  return projectOfFolders(await terminalFolders(window.pid, env, signal), window.title, real);
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
  const words = new Set(title.split(/[\s:/~]+/u));
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
    .filter(({ directory }) => {
      const way = relative(directory, folder);
      return way === '' || (way !== '..' && !way.startsWith('../') && !isAbsolute(way));
    })
    .toSorted((a, b) => b.directory.length - a.directory.length);
  return around[0]?.name ?? null;
}
