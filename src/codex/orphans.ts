import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { guardedProcesses } from './app-server/guarded-processes.ts';
import { endProcess, ProcessRecord } from './process-record.ts';

/** Files in a session's private folder. */
const hashFile = (folder: string): string => join(folder, 'token.sha256');
export const serverRecord = (folder: string, logger: Logger): ProcessRecord =>
  new ProcessRecord(join(folder, 'app-server.json'), logger);
export const terminalRecord = (folder: string, logger: Logger): ProcessRecord =>
  new ProcessRecord(join(folder, 'terminal.json'), logger);

/**
 * Ends every Codex process that a killed daemon left behind, including those of unused projects. Only the single
 * running daemon may call it, before it starts anything.
 * @param root parent of the sessions' private folders
 */
export async function endOrphans(root: string, logger: Logger): Promise<void> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []); // No daemon has run yet.
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(root, name));
  for (const folder of folders) {
    await terminalRecord(folder, logger).endOrphan();
    await endOrphanedServer(folder, logger);
  }
}

/** Records the hash of a server's token before the server starts: it identifies the server's process. */
export async function noteTokenHash(folder: string, hash: string): Promise<void> {
  await writeFile(hashFile(folder), hash, { mode: 0o600 });
}

/** Ends the app-servers of a session's private folder, including those without a process record. */
export async function endOrphanedServer(folder: string, logger: Logger): Promise<void> {
  await serverRecord(folder, logger).endOrphan();
  const hash = await readFile(hashFile(folder), 'utf8').catch(() => ''); // No server was started there.
  for (const pid of await guardedProcesses(hash)) {
    logger.warn({ pid }, 'ending an app-server that an earlier daemon left behind without a record');
    await endProcess(pid);
  }
}
