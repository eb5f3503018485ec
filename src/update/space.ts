import { stat, statfs } from 'node:fs/promises';
import { VoiceError } from '../errors.ts';

/** What an update will write. */
export interface Need {
  /** A folder that exists. */
  folder: string;
  bytes: number;
}

/** Left free beside what is needed, bytes: other programs write too. */
const MARGIN = 16 * 1024 * 1024;

/** Is there room for all of it? Folders on one disk share its room. @throws VoiceError disk-full */
export async function requireSpace(needs: readonly Need[], margin = MARGIN): Promise<void> {
  const disks = new Map<number, Need>();
  for (const { folder, bytes } of needs) {
    const { dev } = await stat(folder);
    disks.set(dev, { folder, bytes: (disks.get(dev)?.bytes ?? 0) + bytes });
  }
  for (const { folder, bytes } of disks.values()) {
    const { bavail, bsize } = await statfs(folder);
    if (bytes > 0 && bavail * bsize < bytes + margin) throw diskFull(folder, bytes + margin - bavail * bsize);
  }
}

/** @param missing bytes, as far as known */
export function diskFull(folder: string, missing?: number, cause?: unknown): VoiceError {
  const room = missing === undefined ? 'room' : `${Math.ceil(missing / 1e6)} MB`;
  return new VoiceError(
    'disk-full',
    `The disk of ${folder} has too little room for the update.`,
    `Free ${room} there and try again; the program that is installed has not been touched.`,
    { cause },
  );
}

/** Turns the system's word for a full disk, or a full quota, into ours. */
export function orDiskFull(error: unknown, folder: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' ? diskFull(folder, undefined, error) : error;
}
