import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { lockFile } from '../files/file-lock.ts';
import { makePrivateFolder, replaceFile, unwritable } from '../files/private-files.ts';
import { stepsFile } from './folder.ts';

const ENTRY = z.object({
  version: z.literal(1),
  /** The file that is being replaced. */
  program: z.string().min(1),
  from: z.string(),
  to: z.string(),
  /**
   * preparing: the new file is written beside the program and tried; the program is unchanged.
   * switching: the new file replaces the program; its path shows whether it has.
   * switched: it has; a daemon that becomes ready proves that it works.
   * restoring: it does not work; the old file replaces it again.
   */
  step: z.enum(['preparing', 'switching', 'switched', 'restoring']),
  /** See identityOf: the new file, once it may be in its place. */
  file: z.string().optional(),
  /** Daemons of the new file that have started on their own and were not ready yet. */
  attempts: z.int().min(0).default(0),
});

/** The step of an update, on disk, so that it can be completed after a power cut. */
export type Steps = z.infer<typeof ENTRY>;

/** The journal of the update under way, in `folder` (see updateFolder). */
export class StepJournal {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** null: no update is under way. One that cannot be understood is as none: the program that runs is what there is. */
  read(): Steps | null {
    try {
      return ENTRY.parse(JSON.parse(readFileSync(stepsFile(this.#folder), 'utf8')));
    } catch (error) {
      if (!isMissing(error)) this.clear();
      return null;
    }
  }

  /** @throws VoiceError state-unwritable */
  write(steps: Steps): void {
    replaceFile(stepsFile(this.#folder), `${JSON.stringify(steps)}\n`);
  }

  clear(): void {
    rmSync(stepsFile(this.#folder), { force: true });
  }

  /**
   * Makes this process the only one that updates, until the result is called or it ends; null: another process does.
   * @throws VoiceError state-unwritable
   */
  lock(): (() => void) | null {
    makePrivateFolder(this.#folder);
    const file = join(this.#folder, 'lock');
    try {
      return lockFile(file);
    } catch (error) {
      throw unwritable(file, error);
    }
  }

  /** Folder for downloads. @throws Error when it cannot be created */
  downloads(): string {
    const folder = join(this.#folder, 'download');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }
}

/** The new file while it is prepared: beside the program, because only within one disk a rename is atomic. */
export function newFileOf(program: string): string {
  return join(dirname(program), `.${basename(program)}.update`);
}

/** The file that was replaced; it stays until the next update. */
export function oldFileOf(program: string): string {
  return `${program}.old`;
}

/** Identifies a file even if another file has the same name; a rename does not change it. null: there is no file. */
export function identityOf(file: string): string | null {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats ? [stats.dev, stats.ino, stats.size, stats.mtimeMs].join(':') : null;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
