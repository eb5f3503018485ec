import { setTimeout as delay } from 'node:timers/promises';
import { lockFile } from '../../src/files/file-lock.ts';

/** Waits for the lock of a file, for which the test processes of this machine queue up; its holder calls the result. */
export async function waitForLock(file: string): Promise<() => void> {
  for (;;) {
    const release = lockFile(file);
    if (release !== null) return release;
    await delay(100);
  }
}
