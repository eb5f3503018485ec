import { realpath } from 'node:fs/promises';
import { basename, isAbsolute, relative } from 'node:path';
import type { Logger } from 'pino';
import { activeWindow } from './active-window.ts';
import { type EditorProject, editorProjects } from './editor-title.ts';
import { terminalFolders } from './terminal-folder.ts';

/** A project whose folder may be the one that is worked in. */
export interface FocusableProject {
  name: string;
  /** Absolute. */
  directory: string;
}

/** A desktop that does not answer in this time, ms, has no focus for us: the prompt does not wait for it. */
const LIMIT_MS = 300;

/**
 * The project whose folder the person works in: in the terminal or the editor that has the keyboard. X11 only; null
 * when nobody can tell. Never throws, and takes no longer than 300 ms.
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
  // All windows of an editor have one process: only the title tells them apart.
  const edited = editorProjects(window);
  if (edited.length > 0) return projectOfEditor(edited, real);
  if (window.pid === null) return null;
  return projectOfFolders(await terminalFolders(window.pid, env, signal), window.title, real);
}

/** What a process calls its folder has no symbolic links in it. */
async function withRealFolder({ name, directory }: FocusableProject): Promise<FocusableProject> {
  try {
    return { name, directory: await realpath(directory) };
  } catch {
    return { name, directory }; // It is not there, and nobody works in it.
  }
}

/** The one project that an editor speaks of, by its folder or its name. */
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
 * The project in which the terminals of a window are; where they are in several the title decides, into which shells
 * put their folder or its end.
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

/** The innermost project that a folder lies in. */
export function projectAt(folder: string, projects: readonly FocusableProject[]): string | null {
  const around = projects
    .filter(({ directory }) => {
      const way = relative(directory, folder);
      return way === '' || (way !== '..' && !way.startsWith('../') && !isAbsolute(way));
    })
    .toSorted((a, b) => b.directory.length - a.directory.length);
  return around[0]?.name ?? null;
}
