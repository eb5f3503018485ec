import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Depth of child processes that are searched: older npm packages wrap the native program. */
const MOST_DEPTH = 3;

/**
 * Lists the rollout files that a process and its children hold open. Codex 0.98.0 to 0.169.0 keep their conversations
 * open. Null where open files cannot be listed (not Linux, or the process has ended).
 */
export async function openRollouts(pid: number, sessions: string): Promise<string[] | null> {
  try {
    const folder = (await realpath(sessions)) + sep;
    const files = await filesOf(pid, MOST_DEPTH);
    return [...new Set(files.filter((path) => path.startsWith(folder) && path.endsWith('.jsonl')))];
  } catch {
    return null; // There is no /proc, or nothing was written yet.
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
  const list = await readFile(path, 'utf8').catch(() => ''); // A kernel without this file cannot list children.
  return list.split(' ').filter(Boolean).map(Number);
}
