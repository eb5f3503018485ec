import type { ListedProcess } from '../win32/working-folder.ts';
import type { ActiveWindow } from './active-window.ts';

/** Class of the windows of conhost. Windows names the program inside as their process. */
const CONSOLE_WINDOW = 'consolewindowclass';
/** What runs a console for another program: beside each console that a terminal opens. */
const HOSTS: ReadonlySet<string> = new Set(['conhost.exe', 'openconsole.exe']);

/**
 * Finds the folders in which the user may be working in a window of Windows: for each console, the folder of the program
 * that was started last in it. PowerShell's own folder stays the one in which it was started; a program that it starts
 * has the right one. A console that Windows hands to Windows Terminal by itself is not among its children, and so not
 * found.
 */
export async function consoleFolders({ pid, classes }: ActiveWindow): Promise<string[]> {
  if (pid === null) return [];
  const { listProcesses, workingFolder } = await import('../win32/working-folder.ts');
  const consoles = consolesOf(pid, classes, listProcesses());
  return consoles.map((processes) => folderOf(processes, workingFolder)).filter((folder) => folder !== null);
}

/**
 * Groups the processes of a window by its consoles: in each, a process and those that were started from it, each by the
 * one before.
 */
export function consolesOf(
  pid: number,
  classes: readonly string[],
  processes: readonly ListedProcess[],
): number[][] {
  const childrenOf = (parent: number): ListedProcess[] =>
    processes.filter((each) => each.parent === parent && each.pid !== parent);
  const programsOf = (parent: number): number[] =>
    childrenOf(parent)
      .filter(({ name }) => !HOSTS.has(name))
      .map(({ pid: child }) => child);
  const isTerminal = childrenOf(pid).some(({ name }) => HOSTS.has(name));
  const roots = classes.includes(CONSOLE_WINDOW) ? [pid] : isTerminal ? programsOf(pid) : [];
  return roots.map((root) => {
    const chain = [root];
    // Windows uses an id again: what looks like a circle ends the chain.
    for (let last: number | undefined = root; last !== undefined; ) {
      last = programsOf(last).findLast((child) => !chain.includes(child));
      if (last !== undefined) chain.push(last);
    }
    return chain;
  });
}

function folderOf(chain: readonly number[], workingFolder: (pid: number) => string | null): string | null {
  for (const pid of chain.toReversed()) {
    const folder = workingFolder(pid);
    if (folder !== null) return folder;
  }
  return null;
}
