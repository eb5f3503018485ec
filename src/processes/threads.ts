import { readdirSync, readFileSync } from 'node:fs';

/** One thread of a process. */
interface Thread {
  id: number;
  /** First 15 bytes of its name. */
  name: string;
}

/** Threads of Node 24 that never work while the user speaks. */
const IDLE: readonly string[] = ['DelayedTaskSche', 'SignalInspector'];

/** Threads to raise first if their number is limited: the loop, then those that run networks and read files. */
const FIRST: readonly string[] = ['MainThread', 'libuv-worker'];

/**
 * Lists the threads of a process, the most important ones first; empty when it has ended, or not on Linux.
 * @param root replaces /proc in tests
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
    return ''; // It ended meanwhile.
  }
}

function rankOf({ id, name }: Thread, pid: number): number {
  const rank = FIRST.indexOf(name);
  if (id === pid) return 0;
  return rank < 0 ? FIRST.length : rank;
}
