import { basename, isAbsolute, relative } from 'node:path';
import type { Logger } from 'pino';
import { activeWindow } from './active-window.ts';
import { terminalFolder } from './terminal-folder.ts';

/** A project whose folder may be the one that is worked in. */
export interface FocusableProject {
  name: string;
  /** Absolute. */
  directory: string;
}

/** A desktop that does not answer in this time, ms, has no focus for us: the prompt does not wait for it. */
const LIMIT_MS = 300;

/** "file — folder — Visual Studio Code", and its kin. */
const CODE =
  /(?:^| [-—–] )([^—–]+?)(?: \([^)]*\))? [-—–] (?:Visual Studio Code|Code - OSS|VSCodium|Cursor|Windsurf)(?: .*)?$/u;
/** "folder – file", sometimes "folder [~/path] – file". */
const JETBRAINS = /^([^\s–[]+)(?: \[([^\]]+)\])?(?: [–-] .*)?$/u;

/**
 * The project whose folder the person works in: in the terminal or the editor that has the keyboard. X11 only; null
 * when nobody can tell. Never throws.
 */
export async function focusedProject(
  projects: readonly FocusableProject[],
  env: NodeJS.ProcessEnv,
  logger: Logger,
): Promise<string | null> {
  if (!env.DISPLAY || projects.length < 2) return null;
  try {
    const window = await activeWindow(env, logger, AbortSignal.timeout(LIMIT_MS));
    if (!window) return null;
    const folder = window.pid === null ? null : await terminalFolder(window.pid, window.title);
    return (folder !== null ? projectAt(folder, projects) : null) ?? projectOfTitle(window.title, projects);
  } catch (error) {
    logger.debug({ err: error }, 'the focused window is not known');
    return null;
  }
}

/** The innermost project that a folder lies in. */
export function projectAt(folder: string, projects: readonly FocusableProject[]): string | null {
  const around = projects
    .filter(({ directory }) => {
      const way = relative(directory, folder);
      return way === '' || (!way.startsWith('..') && !isAbsolute(way));
    })
    .toSorted((a, b) => b.directory.length - a.directory.length);
  return around[0]?.name ?? null;
}

/** The one project that an editor's title names by its folder or its name. */
export function projectOfTitle(title: string, projects: readonly FocusableProject[]): string | null {
  const code = CODE.exec(title)?.[1]
    ?.split(/ [-—–] /u)
    .at(-1);
  const other = JETBRAINS.exec(title);
  const names = code !== undefined ? [code] : other ? [other[1], other[2] && basename(other[2])] : [];
  const found = projects.filter(({ name, directory }) =>
    names.some((each) => each !== undefined && (each === basename(directory) || each === name)),
  );
  return found.length === 1 && found[0] ? found[0].name : null;
}
