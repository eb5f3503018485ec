import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { listeningProcesses } from './listening-processes.ts';
import { endProcess, ProcessRecord } from './process-record.ts';

/** The files of a session's private folder. */
export const socketIn = (folder: string): string => join(folder, 'codex.sock');
export const serverRecord = (folder: string, logger: Logger): ProcessRecord =>
  new ProcessRecord(join(folder, 'app-server.json'), logger);
export const terminalRecord = (folder: string, logger: Logger): ProcessRecord =>
  new ProcessRecord(join(folder, 'terminal.json'), logger);

/**
 * Ends all that a killed daemon left of Codex, whether its project is needed now or not. Only for a daemon that is the
 * only one and has started nothing yet.
 * @param root folder of the sessions' private folders
 */
export async function endOrphans(root: string, logger: Logger): Promise<void> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []); // No daemon has run yet.
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(root, name));
  for (const folder of folders) {
    await terminalRecord(folder, logger).endOrphan();
    await endOrphanedServer(folder, logger);
  }
}

/** Ends the app-servers of a session's private folder, those without a note as well. */
export async function endOrphanedServer(folder: string, logger: Logger): Promise<void> {
  await serverRecord(folder, logger).endOrphan();
  for (const pid of await listeningProcesses(socketIn(folder))) {
    logger.warn({ pid }, 'ending an app-server that an earlier daemon left behind without a note');
    await endProcess(pid);
  }
}
