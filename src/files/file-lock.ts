import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/**
 * Takes the lock of a file, which is made for it (0600) in a folder that exists: until the result is called or the
 * process ends, however it ends. null: another process, or this one, holds it. Node has no flock; SQLite's exclusive
 * lock is one, and dies with its process.
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

/** Never opens a file that is there: closing it would let go of a lock that this process holds on it (fcntl(2)). */
function createOnce(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
