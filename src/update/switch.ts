import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { StepJournal, Steps } from './steps.ts';
import { identityOf, newFileOf, oldFileOf } from './steps.ts';

export interface SwitchOptions {
  journal: StepJournal;
  /** Called after each step has reached the disk. */
  onStep?: (step: SwitchStep) => void;
  platform?: NodeJS.Platform;
}

export type SwitchStep = 'switching' | 'kept' | 'renamed' | 'switched' | 'restoring' | 'restored';

/**
 * Puts the new file in the program's place and keeps the old one beside it. At every moment there is a whole file
 * under the program's name (but for an instant on Windows, where a running file may be renamed, not replaced).
 */
export function switchFiles(steps: Steps, options: SwitchOptions): Steps {
  const { journal, onStep, platform = process.platform } = options;
  const { program } = steps;
  const old = oldFileOf(program);
  const file = identityOf(newFileOf(program)) ?? undefined;
  const begun: Steps = { ...steps, step: 'switching', ...(file && { file }) };
  journal.write(begun);
  onStep?.('switching');
  rmSync(old, { force: true });
  if (platform === 'win32') renameSync(program, old);
  else keep(program, old);
  onStep?.('kept');
  renameSync(newFileOf(program), program);
  flushFolder(dirname(program), platform);
  onStep?.('renamed');
  return switched(begun, options);
}

/** The file is in its place. */
export function switched(steps: Steps, { journal, onStep }: SwitchOptions): Steps {
  const next: Steps = { ...steps, step: 'switched', attempts: 0 };
  journal.write(next);
  onStep?.('switched');
  return next;
}

/** True when the program is still the file from the update. Another one may have been installed since. */
export function isInPlace({ program, file }: Steps): boolean {
  return file !== undefined && identityOf(program) === file;
}

/** Puts the old file back, if it is there still; the update is over. true: the old file is the program again. */
export function restoreFiles(steps: Steps, options: SwitchOptions): boolean {
  const { journal, onStep, platform = process.platform } = options;
  const { program } = steps;
  const old = oldFileOf(program);
  journal.write({ ...steps, step: 'restoring' });
  onStep?.('restoring');
  // Without a program, any older one is better.
  const there = existsSync(old) && (isInPlace(steps) || !existsSync(program));
  if (there) {
    if (platform === 'win32' && existsSync(program)) renameSync(program, newFileOf(program));
    renameSync(old, program);
    flushFolder(dirname(program), platform);
  }
  onStep?.('restored');
  discardNew(steps);
  journal.clear();
  return there;
}

/** Takes away a new file that has not become the program. */
export function discardNew({ program }: Pick<Steps, 'program'>): void {
  try {
    rmSync(newFileOf(program), { force: true });
  } catch (error) {
    // Windows does not remove a file that runs; the next update does.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EPERM' && code !== 'EBUSY') throw error;
  }
}

/** A second name for the same file costs nothing; a disk that has no such thing gets a copy. */
function keep(program: string, old: string): void {
  try {
    linkSync(program, old);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(String(code))) throw error;
    copyFileSync(program, old);
  }
}

/** A rename is on the disk when its folder is. Windows opens no folders. */
function flushFolder(folder: string, platform: NodeJS.Platform): void {
  if (platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
