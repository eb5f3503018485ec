import { readlink } from 'node:fs/promises';
import { type Process, processTree } from './processes.ts';
import { tmuxFolder } from './tmux.ts';

/** What shows other terminals inside its own, and does not say which: its folder is where it was started. */
const OPAQUE: ReadonlySet<string> = new Set(['screen', 'zellij', 'dtach', 'abduco', 'mosh-client']);

/**
 * Where the person may be working in a window of this process: for each of its terminals (tabs, panes, windows) the
 * folder of what runs in the foreground there. Linux.
 */
export async function terminalFolders(
  pid: number,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string[]> {
  const terminals = terminalsOf(await processTree(pid));
  const folders = await Promise.all(terminals.map((terminal) => folderOf(terminal, env, signal)));
  return folders.filter((folder) => folder !== null);
}

/**
 * The processes of each terminal that belongs to the first process of the tree; not those of terminals inside of
 * terminals, nor those of the terminal from which it was started itself.
 */
export function terminalsOf([root, ...tree]: readonly Process[]): Process[][] {
  if (!root) return [];
  /** By process: the outermost terminal it is in; 0: none so far. */
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

/** The folder of what is in the foreground of a terminal; null: nobody may know. */
async function folderOf(
  terminal: readonly Process[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string | null> {
  const inFront = terminal.filter(({ group, foreground }) => group === foreground);
  // Of a pipeline the leader; a child that has left the folder is not where the person is.
  const leader = inFront.find(({ pid, group }) => pid === group) ?? inFront[0];
  if (!leader || OPAQUE.has(leader.name)) return null;
  if (leader.name === 'tmux: client') return tmuxFolder(leader.pid, env, signal);
  // What runs as somebody else does not tell; the shell from which it was started does.
  const shell = terminal.find(({ pid, session }) => pid === session);
  return (await workingFolder(leader.pid)) ?? (shell ? workingFolder(shell.pid) : null);
}

async function workingFolder(pid: number): Promise<string | null> {
  try {
    return await readlink(`/proc/${pid}/cwd`);
  } catch {
    return null; // It ended meanwhile, or is not ours to look at.
  }
}
