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
 * Checks that all files of the group are there with their sizes, belong to the user, and may be executed if native.
 * This finds files lost to a cleaner or a full disk; reading them at every start would take longer than the start.
 * @throws Error with the reason
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

/** Linux refuses X_OK to every user on a file system mounted noexec (verified with Linux 6). */
function checkExecutable(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch (error) {
    throw new Error('programs may not run there (mounted noexec)', { cause: error });
  }
}

/** Writes all files of the group into an empty folder, and waits until they are on the disk. */
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
    fchmodSync(file, mode); // Independent of the umask.
    for (let written = 0; written < content.length; ) written += writeSync(file, content, written);
    // Otherwise a power cut may leave the folder's new name with empty files.
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
