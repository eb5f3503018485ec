import { readlink } from 'node:fs/promises';
import type { MacProcessList } from '../macos/process-list.ts';
import { type Process, processTree } from './processes.ts';
import { tmuxFolder } from './tmux.ts';

/** Programs that show other terminals without saying which. Their own working folder is where they were started. */
const OPAQUE: ReadonlySet<string> = new Set(['screen', 'zellij', 'dtach', 'abduco', 'mosh-client']);

/**
 * Finds the folders in which the user may be working in a window of this process: for each of its terminals (tabs,
 * panes, windows), the folder of the foreground process.
 */
export async function terminalFolders(
  pid: number,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string[]> {
  if (process.platform === 'darwin') {
    const { MacProcessList: List } = await import('../macos/process-list.ts');
    return macTerminalFolders(pid, new List());
  }
  const terminals = terminalsOf(processTree(pid));
  const folders = await Promise.all(terminals.map((terminal) => folderOf(terminal, env, signal)));
  return folders.filter((folder) => folder !== null);
}

/** The same on macOS. The folder inside tmux is not known there. */
export function macTerminalFolders(pid: number, list: MacProcessList): string[] {
  const tree = list.tree(pid).map((each) => ({ ...each, session: 0 }));
  return terminalsOf(tree).flatMap((terminal) => {
    const leader = leaderOf(terminal);
    if (!leader || OPAQUE.has(leader.name) || leader.name === 'tmux') return [];
    return list.folder(leader.pid) ?? [];
  });
}

/**
 * Groups the processes by the terminals that belong to the first process of the tree. Leaves out terminals inside
 * terminals, and the terminal from which the first process was started.
 */
export function terminalsOf([root, ...tree]: readonly Process[]): Process[][] {
  if (!root) return [];
  /** The outermost terminal of each process; 0: none so far. */
  const outermost = new Map([[root.pid, 0]]);
  const terminals = new Map<number, Process[]>();
  for (const each of tree) {
    const inside = outermost.get(each.parent) ?? 0;
    const own = each.tty === root.tty ? 0 : each.tty;
    outermost.set(each.pid, inside || own);
    if (own !== 0 && (inside === 0 || inside === own)) {
      terminals.set(own, [...(terminals.get(own) ?? []), each]);
    }
  }
  return [...terminals.values()];
}

/** Returns the working folder of a terminal's foreground process; null when it cannot be determined. */
async function folderOf(
  terminal: readonly Process[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string | null> {
  const leader = leaderOf(terminal);
  if (!leader || OPAQUE.has(leader.name)) return null;
  if (leader.name === 'tmux: client') return tmuxFolder(leader.pid, env, signal);
  // The folder of another user's process cannot be read, but its shell's can.
  const shell = terminal.find(({ pid, session }) => pid === session);
  return (await workingFolder(leader.pid)) ?? (shell ? workingFolder(shell.pid) : null);
}

/** The process in the foreground of a terminal. */
function leaderOf(terminal: readonly Process[]): Process | undefined {
  const inFront = terminal.filter(({ group, foreground }) => group === foreground);
  // In a pipeline, the leader counts. A child may have changed to another folder.
  return inFront.find(({ pid, group }) => pid === group) ?? inFront[0];
}

async function workingFolder(pid: number): Promise<string | null> {
  try {
    return await readlink(`/proc/${pid}/cwd`);
  } catch {
    return null; // It ended meanwhile, or belongs to another user.
  }
}
