import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { VoiceError } from '../errors.ts';

/**
 * True where files have modes. Windows has none: Node reports 666 for every file, and a file inherits the access list of
 * its folder, which below the user's profile admits the user, the system and administrators.
 */
export function hasModes(platform: NodeJS.Platform = process.platform): boolean {
  return platform !== 'win32';
}

/**
 * Creates the folder and missing ones above it, for this user only (0700).
 * @throws VoiceError state-unwritable
 */
export function makePrivateFolder(folder: string): void {
  try {
    makeFolders(folder);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** Not mkdir's `recursive`: it never returns where the kernel refuses new folders, as in /proc (Node 24.21). */
function makeFolders(folder: string): void {
  if (makeFolder(folder)) return;
  makeFolders(dirname(folder));
  if (!makeFolder(folder)) throw new Error('no folder can be made there');
}

/** Returns false when the parent folder is missing. */
function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, 0o700);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' && dirname(folder) !== folder) return false;
    if (code === 'EEXIST' && statSync(folder).isDirectory()) return true;
    throw error;
  }
}

/**
 * Creates the file if it is missing, and makes it readable for this user only (0600). Its content is kept.
 * @throws VoiceError state-unwritable
 */
export function makePrivateFile(file: string): void {
  makePrivateFolder(dirname(file));
  try {
    closeSync(openSync(file, 'a', 0o600));
    if (hasModes()) chmodSync(file, 0o600);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * Replaces the file (0600) atomically: after a crash it has either the old or the new content.
 * @throws VoiceError state-unwritable
 */
export function replaceFile(file: string, content: string): void {
  makePrivateFolder(dirname(file));
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const descriptor = openSync(temporary, 'w', 0o600);
    try {
      writeFileSync(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw unwritable(file, error);
  }
}

/** Renames an unusable file, adding the time to its name. Returns the new name. */
export function setAside(file: string): string {
  const aside = `${file}.corrupt-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  renameSync(file, aside);
  return aside;
}

/** The error for a file or folder of the program that cannot be written. */
export function unwritable(path: string, cause: unknown): VoiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new VoiceError(
    'state-unwritable',
    `${path} cannot be written: ${reason}.`,
    'Check its permissions and the free disk space, or set XDG_STATE_HOME to another folder.',
    { cause },
  );
}
