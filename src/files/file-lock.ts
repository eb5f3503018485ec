import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/**
 * Locks a file, creating it (0600) if necessary; its folder must exist. The lock ends when the returned function is
 * called or the process ends, however it ends. Returns null when this or another process holds it. Node has no flock,
 * so this uses SQLite's exclusive lock.
 * @throws Error when the file cannot be opened
 */
export function lockFile(file: string): (() => void) | null {
  createOnce(file);
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return () => {
      if (database.isOpen) database.close();
    };
  } catch (error) {
    database.close();
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
    if (code === SQLITE_BUSY) return null;
    throw error;
  }
}

/** Never opens an existing file: closing it would release a lock that this process holds on it (fcntl(2)). */
function createOnce(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
