import { readdirSync, readFileSync } from 'node:fs';

/** One thread of a process. */
export interface Thread {
  id: number;
  /** First 15 bytes of its name. */
  name: string;
}

/** Threads of Node 24 that never work while somebody speaks. */
const IDLE: readonly string[] = ['DelayedTaskSche', 'SignalInspector'];

/** In which order they are raised where only so many may be: the loop, then those that run networks and read files. */
const FIRST: readonly string[] = ['MainThread', 'libuv-worker'];

/**
 * Lists the threads of a process, the most important ones first; none when it is gone or this is not Linux.
 * @param root another place than /proc, for tests
 */
export function threadsOf(pid: number, root = '/proc'): Thread[] {
  try {
    const folder = `${root}/${pid}/task`;
    return readdirSync(folder)
      .map((id) => ({ id: Number(id), name: nameOf(`${folder}/${id}/comm`) }))
      .filter(({ name }) => !IDLE.includes(name))
      .toSorted((a, b) => rankOf(a, pid) - rankOf(b, pid));
  } catch {
    return [];
  }
}

function nameOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return ''; // it ended meanwhile
  }
}

function rankOf({ id, name }: Thread, pid: number): number {
  const rank = FIRST.indexOf(name);
  if (id === pid) return 0;
  return rank < 0 ? FIRST.length : rank;
}
