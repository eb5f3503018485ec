import { lstatSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { VoiceError } from '../errors.ts';
import { lockFile } from '../files/file-lock.ts';
import { makePrivateFolder, unwritable } from '../files/private-files.ts';

/** Longest path in sockaddr_un without its final zero, bytes: unix(7), unix(4). */
const MAX_PATH = process.platform === 'darwin' ? 103 : 107;

/**
 * Makes this process the only one that may listen on `path`, and removes the socket of a killed daemon. The claim ends
 * when the returned function is called or the process ends.
 *
 * It is a file lock, because two daemons that start at the same moment could both find that no daemon answers.
 * @throws VoiceError daemon-running, state-unwritable, folder-unsafe
 */
export async function claimSocket(path: string): Promise<() => void> {
  checkSocketPath(path);
  makePrivateFolder(dirname(path));
  checkSocketFolder(dirname(path));
  const release = lock(`${path}.lock`);
  try {
    // A daemon without a lock: an older version, or a folder that does not support locks.
    if (await answers(path)) throw running();
    rmSync(path, { force: true });
    return release;
  } catch (error) {
    release();
    throw error instanceof VoiceError ? error : unwritable(path, error);
  }
}

/** Checks that the path is short enough for a socket. @throws VoiceError state-unwritable */
export function checkSocketPath(path: string): void {
  if (Buffer.byteLength(path) <= MAX_PATH) return;
  throw new VoiceError(
    'state-unwritable',
    `${path} is too long for a socket: ${Buffer.byteLength(path)} bytes, at most ${MAX_PATH}.`,
    'Set XDG_RUNTIME_DIR to a shorter folder.',
  );
}

/** Checks that only the user has access to the folder. @throws VoiceError folder-unsafe */
export function checkSocketFolder(folder: string): void {
  const stat = lstatSync(folder);
  const mode = (stat.mode & 0o777).toString(8);
  if (!stat.isDirectory()) throw unsafe(folder, 'is not a folder');
  if (stat.uid !== process.getuid?.()) throw unsafe(folder, 'belongs to another user');
  if ((stat.mode & 0o077) !== 0) throw unsafe(folder, `is open to other users (mode ${mode})`);
}

function unsafe(folder: string, why: string): VoiceError {
  const hint = `Run \`chmod 700 ${folder}\`, or move the folder away.`;
  return new VoiceError('folder-unsafe', `The folder of the control socket, ${folder}, ${why}.`, hint);
}

function lock(file: string): () => void {
  let release: (() => void) | null;
  try {
    release = lockFile(file);
  } catch (error) {
    throw unwritable(file, error);
  }
  if (release === null) throw running();
  return release;
}

function running(): VoiceError {
  return new VoiceError(
    'daemon-running',
    'A daemon is already running.',
    'Run `codex-voice status` to see it, or `codex-voice restart` to replace it.',
  );
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
