import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Programs that start programs: the npm package of older versions is a wrapper around the native one. */
const MOST_DEPTH = 3;

/**
 * The rollout files that a process and its children hold open, as Codex 0.98.0 to 0.169.0 do with the conversations
 * they are in; null where that cannot be seen (other systems than Linux, a process that is gone).
 */
export async function openRollouts(pid: number, sessions: string): Promise<string[] | null> {
  try {
    const folder = (await realpath(sessions)) + sep;
    const files = await filesOf(pid, MOST_DEPTH);
    return [...new Set(files.filter((path) => path.startsWith(folder) && path.endsWith('.jsonl')))];
  } catch {
    return null; // No /proc, or nothing was written yet.
  }
}

async function filesOf(pid: number, depth: number): Promise<string[]> {
  const folder = join('/proc', String(pid), 'fd');
  const names = await readdir(folder);
  const files = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => '')));
  if (depth === 0) return files;
  const children = await Promise.all(
    (await childrenOf(pid)).map((child) => filesOf(child, depth - 1).catch(() => [])),
  );
  return [...files, ...children.flat()];
}

async function childrenOf(pid: number): Promise<number[]> {
  const path = join('/proc', String(pid), 'task', String(pid), 'children');
  const list = await readFile(path, 'utf8').catch(() => ''); // A kernel without it has no wrappers here.
  return list.split(' ').filter(Boolean).map(Number);
}
