import { stat, statfs } from 'node:fs/promises';
import { diskFull, type Subject } from './subject.ts';

/** A planned write. */
interface Need {
  /** A folder that exists. */
  folder: string;
  bytes: number;
}

/** Left free beside what is needed, bytes: other programs write too. */
const MARGIN = 16 * 1024 * 1024;

/** Checks that there is enough free space. Folders on one disk share its space. @throws VoiceError disk-full */
export async function requireSpace(subject: Subject, needs: readonly Need[]): Promise<void> {
  const disks = new Map<number, Need>();
  for (const { folder, bytes } of needs) {
    const { dev } = await stat(folder);
    disks.set(dev, { folder, bytes: (disks.get(dev)?.bytes ?? 0) + bytes });
  }
  for (const { folder, bytes } of disks.values()) {
    const { bavail, bsize } = await statfs(folder);
    if (bytes > 0 && bavail * bsize < bytes + MARGIN)
      throw diskFull(subject, folder, bytes + MARGIN - bavail * bsize);
  }
}

/** Turns the system's word for a full disk, or a full quota, into ours. */
export function orDiskFull(subject: Subject, error: unknown, folder: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' ? diskFull(subject, folder, undefined, error) : error;
}
