import { readdirSync, readFileSync } from 'node:fs';

/** A process, as /proc/PID/stat of Linux describes it: proc(5). */
export interface Process {
  pid: number;
  /** Name of its program: the first 15 bytes. */
  name: string;
  parent: number;
  /** Process group, and session. */
  group: number;
  session: number;
  /** Controlling terminal; 0: none. */
  tty: number;
  /** The foreground process group of that terminal. */
  foreground: number;
}

/**
 * Returns a process and all its descendants, parents before children; empty when it has ended. Reads only these, and
 * not the hundreds of others: less than a millisecond for a terminal. Needs CONFIG_PROC_CHILDREN, which the kernels of
 * all large distributions have.
 */
export function processTree(root: number): Process[] {
  const found = read(root);
  const tree = found ? [found] : [];
  // The array grows while this loop runs.
  for (const { pid } of tree)
    tree.push(
      ...childrenOf(pid)
        .map(read)
        .filter((each) => each !== null),
    );
  return tree;
}

/** A child belongs to the thread that started it. */
function childrenOf(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const lists = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'));
    return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
  } catch {
    return []; // It ended meanwhile.
  }
}

function read(pid: number): Process | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name is in parentheses, and may contain anything.
    const end = stat.lastIndexOf(')');
    const name = stat.slice(stat.indexOf('(') + 1, end);
    const fields = stat.slice(end + 2).split(' ');
    const [, parent = 0, group = 0, session = 0, tty = 0, foreground = 0] = fields.map(Number);
    return { pid, name, parent, group, session, tty, foreground };
  } catch {
    return null; // It ended meanwhile.
  }
}
