import { closeSync, existsSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasModes, unwritable } from '../files/private-files.ts';

/** Returns the folder if it exists, else the nearest existing one above it. */
export function nearestFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}

/** Writes a file into the folder, down to the disk, and removes it. @throws VoiceError state-unwritable */
export function proveWritable(folder: string): void {
  const file = join(folder, `.doctor-${process.pid}`);
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    try {
      writeSync(descriptor, 'codex-voice doctor\n');
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
      rmSync(file);
    }
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** The rights (octal) of a file or folder that other users may look into; null when it is private, or has no rights. */
export function openRights(path: string): string | null {
  if (!hasModes()) return null;
  const rights = statSync(path).mode & 0o777;
  return (rights & 0o077) === 0 ? null : rights.toString(8);
}
