import { readdir, readFile, readlink } from 'node:fs/promises';

interface Process {
  pid: number;
  parent: number;
  /** Controlling terminal; 0: none. */
  tty: number;
  group: number;
  /** The group in the foreground of that terminal. */
  foreground: number;
  /** Clock ticks since boot. */
  started: number;
}

/**
 * Where the person works in the terminal window of this process: the folder of what runs in the foreground of it. Of
 * several tabs or panes the one whose folder the title names, else the newest. null: nothing below it has a terminal.
 * Linux, proc(5).
 */
export async function terminalFolder(pid: number, title: string): Promise<string | null> {
  const processes = await below(pid);
  const inFront = processes
    .filter(({ tty, group, foreground }) => tty !== 0 && group === foreground)
    .toSorted((a, b) => b.started - a.started);
  // Of a pipeline the leader; a child that has left the folder is not where the person is.
  const leaders = inFront.filter(({ pid: own, group }) => own === group);
  const folders: string[] = [];
  for (const { pid: own } of leaders.length > 0 ? leaders : inFront) {
    try {
      folders.push(await readlink(`/proc/${own}/cwd`));
    } catch {
      // It ended meanwhile, or is not ours to look at.
    }
  }
  return folders.find((folder) => namedIn(title, folder)) ?? folders[0] ?? null;
}

/** Shells put the folder, or its end, into the title. */
function namedIn(title: string, folder: string): boolean {
  const name = folder.split('/').at(-1);
  return name !== undefined && name !== '' && title.split(/[\s:/~]+/).includes(name);
}

async function below(root: number): Promise<Process[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const all = (await Promise.all(names.map((name) => read(Number(name))))).filter((each) => each !== null);
  const children = Map.groupBy(all, ({ parent }) => parent);
  const found: Process[] = [];
  const queue = [root];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const child of children.get(next) ?? []) {
      found.push(child);
      queue.push(child.pid);
    }
  }
  return found;
}

async function read(pid: number): Promise<Process | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // After the name, which may contain anything: state, ppid, pgrp, session, tty_nr, tpgid, ...
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [, parent, group, , tty, foreground] = fields.map(Number);
    return {
      pid,
      parent: parent ?? 0,
      group: group ?? 0,
      tty: tty ?? 0,
      foreground: foreground ?? 0,
      started: Number(fields[19]),
    };
  } catch {
    return null; // It ended meanwhile.
  }
}
