import { chmodSync, existsSync, lstatSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { VoiceError } from '../errors.ts';
import { makePrivateFolder, unwritable } from '../files/private-files.ts';
import type { Endpoint } from './endpoint.ts';
import { daemonRuns, lockForServer } from './server-lock.ts';

/** Longest path in sockaddr_un without its final zero, bytes: unix(7), unix(4). */
const MAX_PATH = process.platform === 'darwin' ? 103 : 107;

/** A Unix socket (0600) in a private folder (0700). */
export const socketEndpoint: Endpoint = {
  async claim(path) {
    checkPath(path);
    makePrivateFolder(dirname(path));
    checkFolder(dirname(path));
    const release = lockForServer(path);
    try {
      // A daemon without a lock: an older version, or a folder that does not support locks.
      if (await answers(path)) throw daemonRuns();
      // Left by a daemon that was killed.
      rmSync(path, { force: true });
      return { path, key: null, publish: () => chmodSync(path, 0o600), release };
    } catch (error) {
      release();
      throw error instanceof VoiceError ? error : unwritable(path, error);
    }
  },

  find: (path) => ({ path, key: null }),

  check(path) {
    checkPath(path);
    if (existsSync(dirname(path))) checkFolder(dirname(path));
  },
};

/** Checks that the path is short enough for a socket. @throws VoiceError state-unwritable */
function checkPath(path: string): void {
  if (Buffer.byteLength(path) <= MAX_PATH) return;
  throw new VoiceError(
    'state-unwritable',
    `${path} is too long for a socket: ${Buffer.byteLength(path)} bytes, at most ${MAX_PATH}.`,
    'Set XDG_RUNTIME_DIR to a shorter folder.',
  );
}

/** Checks that only the user has access to the folder. @throws VoiceError folder-unsafe */
function checkFolder(folder: string): void {
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
