import { VoiceError } from '../errors.ts';
import { lockFile } from '../files/file-lock.ts';
import { unwritable } from '../files/private-files.ts';

/**
 * Locks the address of a daemon. It is a file lock, because two daemons that start at the same moment could both find
 * that no daemon answers.
 * @param file Paths.controlSocket; its folder must exist
 * @returns a function that releases the lock
 * @throws VoiceError daemon-running, state-unwritable
 */
export function lockForServer(file: string): () => void {
  let release: (() => void) | null;
  try {
    release = lockFile(`${file}.lock`);
  } catch (error) {
    throw unwritable(`${file}.lock`, error);
  }
  if (release === null) throw daemonRuns();
  return release;
}

/** The error for a second daemon. */
export function daemonRuns(): VoiceError {
  return new VoiceError(
    'daemon-running',
    'A daemon is already running.',
    'Run `codex-voice status` to see it, or `codex-voice restart` to replace it.',
  );
}
