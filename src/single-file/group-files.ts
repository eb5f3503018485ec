import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { checkOwn } from '../files/cache-folder.ts';
import type { EmbeddedFile, EmbeddedGroup } from './embedded.ts';

/** Reads an embedded file. @throws VoiceError program-damaged */
export type Content = (group: string, file: EmbeddedFile) => Uint8Array;

/**
 * Are all files of the group there, in their sizes, the user's own, and may native code be run there? A folder that
 * lost files to a cleaner or to a full disk is recognised by that; reading them all at every start would take longer
 * than the start.
 * @throws Error with what is wrong
 */
export function checkGroup(folder: string, { files, native }: EmbeddedGroup): void {
  checkOwn(lstatSync(folder));
  const own = process.getuid?.();
  for (const { name, bytes } of files) {
    const path = join(folder, name);
    const found = lstatSync(path);
    const ours = own === undefined || found.uid === own;
    if (!found.isFile() || found.size !== bytes || !ours)
      throw new Error(`${path} is not what was extracted`);
    if (native) checkExecutable(path);
  }
}

/** Linux refuses X_OK to everybody where a file system is mounted noexec (verified with Linux 6). */
function checkExecutable(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch (error) {
    throw new Error('programs may not run there (mounted noexec)', { cause: error });
  }
}

/** Writes all files of the group into a folder that is empty, and waits until they are on the disk. */
export function writeGroup(folder: string, name: string, group: EmbeddedGroup, content: Content): void {
  for (const file of group.files) {
    const path = join(folder, file.name);
    if (file.name.includes('/')) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    write(path, content(name, file), group.native ? 0o700 : 0o600);
  }
}

function write(path: string, content: Uint8Array, mode: number): void {
  const file = openSync(path, 'wx', mode);
  try {
    fchmodSync(file, mode); // Whatever the umask is.
    for (let written = 0; written < content.length; ) written += writeSync(file, content, written);
    // After a power cut the folder's name may be there and its files empty.
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
