import { glob, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ThreadSummary } from '../../agent/session.ts';
import { codexHome } from '../codex-home.ts';
import { userText } from '../protocol.ts';
import { metaOf, turnsOf } from './rollout.ts';

/** The first line holds the instructions of the model too. */
const HEAD_BYTES = 256 * 1024;

export interface RolloutFile {
  path: string;
  thread: string;
  /** The folder that it belongs to. */
  cwd: string;
  /** ms since 1970, when it was written last. */
  changedAt: number;
}

/** Where Codex 0.169.0 keeps its conversations: CODEX_HOME/sessions/YYYY/MM/DD/rollout-TIME-THREAD.jsonl */
export function sessionsFolder(env: NodeJS.ProcessEnv): string {
  return join(codexHome(env), 'sessions');
}

/** The file of a thread; null: there is none. */
export async function fileOf(env: NodeJS.ProcessEnv, thread: string): Promise<string | null> {
  if (!/^[0-9a-f-]{36}$/.test(thread)) return null;
  for await (const name of glob(`*/*/*/rollout-*-${thread}.jsonl`, { cwd: sessionsFolder(env) })) {
    return join(sessionsFolder(env), name);
  }
  return null;
}

/** Conversations of a folder, those written last first. @param since only those written later, ms since 1970 */
export async function filesIn(env: NodeJS.ProcessEnv, directory: string, since = 0): Promise<RolloutFile[]> {
  const found: RolloutFile[] = [];
  for await (const name of glob('*/*/*/rollout-*.jsonl', { cwd: sessionsFolder(env) })) {
    const file = await rolloutFile(join(sessionsFolder(env), name), since);
    if (file?.cwd === directory) found.push(file);
  }
  return found.toSorted((a, b) => b.changedAt - a.changedAt);
}

/** Null: it is gone, was not written since, or is no conversation of a person. */
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

/** All lines of a file. */
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
