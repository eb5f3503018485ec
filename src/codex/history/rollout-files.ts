import { glob, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ThreadSummary } from '../../agent/session.ts';
import { isSameFolder } from '../../files/user-paths.ts';
import { codexHome } from '../codex-home.ts';
import { userText } from '../protocol.ts';
import { metaOf, turnsOf } from './rollout.ts';

/** Length of the part that is read for the first line, which contains the model's instructions. */
const HEAD_BYTES = 256 * 1024;

export interface RolloutFile {
  path: string;
  thread: string;
  /** Folder of the conversation. */
  cwd: string;
  /** Time of the last change, ms since 1970. */
  changedAt: number;
}

/** Folder of Codex's conversations (0.169.0): CODEX_HOME/sessions/YYYY/MM/DD/rollout-TIME-THREAD.jsonl */
export function sessionsFolder(env: NodeJS.ProcessEnv): string {
  return join(codexHome(env), 'sessions');
}

/** Finds the file of a thread; null: there is none. */
export async function fileOf(env: NodeJS.ProcessEnv, thread: string): Promise<string | null> {
  if (!/^[0-9a-f-]{36}$/.test(thread)) return null;
  for await (const name of glob(`*/*/*/rollout-*-${thread}.jsonl`, { cwd: sessionsFolder(env) })) {
    return join(sessionsFolder(env), name);
  }
  return null;
}

/** Lists conversations of a folder, the last changed first. @param since only later changes, ms since 1970 */
export async function filesIn(env: NodeJS.ProcessEnv, directory: string, since = 0): Promise<RolloutFile[]> {
  const found: RolloutFile[] = [];
  for await (const name of glob('*/*/*/rollout-*.jsonl', { cwd: sessionsFolder(env) })) {
    const file = await rolloutFile(join(sessionsFolder(env), name), since);
    if (file && isSameFolder(file.cwd, directory)) found.push(file);
  }
  return found.toSorted((a, b) => b.changedAt - a.changedAt);
}

/** Returns null when the file is missing, has not changed since, or is not a conversation of the user. */
export async function rolloutFile(path: string, since = 0): Promise<RolloutFile | null> {
  try {
    const changedAt = (await stat(path)).mtimeMs;
    if (changedAt < since) return null;
    const head = metaOf((await readHead(path)).split('\n', 1)[0] ?? '');
    return head?.startedByUser ? { path, thread: head.id, cwd: head.cwd, changedAt } : null;
  } catch {
    return null; // It was removed meanwhile.
  }
}

export async function summaryOf({ path, thread, cwd, changedAt }: RolloutFile): Promise<ThreadSummary> {
  const items = turnsOf((await readHead(path)).split('\n')).flatMap((turn) => turn.items);
  const preview = items.map(userText).find((text) => text !== null) ?? '';
  return { id: thread, name: null, preview, at: new Date(changedAt).toISOString(), folder: cwd };
}

/** Reads all lines of a file. */
export async function readRows(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8')).split('\n').filter(Boolean);
}

async function readHead(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
