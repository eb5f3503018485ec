import { readdir, readFile } from 'node:fs/promises';

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

/** Returns a process and all its descendants, parents before children; empty when it has ended. */
export async function processTree(root: number): Promise<Process[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const all = (await Promise.all(names.map((name) => read(Number(name))))).filter((each) => each !== null);
  const children = Map.groupBy(all, ({ parent }) => parent);
  const tree = all.filter(({ pid }) => pid === root);
  // The array grows while this loop runs.
  for (const { pid } of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

async function read(pid: number): Promise<Process | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
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
