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
 * Creates the folder, and those above it, for the user alone (0700) where it is missing.
 * @throws VoiceError state-unwritable
 */
export function makePrivateFolder(folder: string): void {
  try {
    makeFolders(folder);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** Not mkdir's `recursive`: that never returns where the kernel knows no new folders, as in /proc (Node 24.21). */
function makeFolders(folder: string): void {
  if (makeFolder(folder)) return;
  makeFolders(dirname(folder));
  if (!makeFolder(folder)) throw new Error('no folder can be made there');
}

/** false: the folder above is missing. */
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
 * Makes sure that the file exists and that only the user may read it (0600); its content stays.
 * @throws VoiceError state-unwritable
 */
export function makePrivateFile(file: string): void {
  makePrivateFolder(dirname(file));
  try {
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * Replaces the file as a whole (0600): after a crash it holds the old content or the new, never half of one.
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

/** Moves a file that cannot be used out of the way, under a name that says when; returns that name. */
export function setAside(file: string, now = new Date()): string {
  const aside = `${file}.corrupt-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  renameSync(file, aside);
  return aside;
}

/** The error for a file or folder of ours that cannot be written. */
export function unwritable(path: string, cause: unknown): VoiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new VoiceError(
    'state-unwritable',
    `${path} cannot be written: ${reason}.`,
    'Check its permissions and the free disk space, or set XDG_STATE_HOME to another folder.',
    { cause },
  );
}
