import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgramSync } from '../processes/programs.ts';
import { displayText } from '../text/clean.ts';

/** Finds the program that opens files in the user's preferred viewer; null without one or without a desktop. */
export function findOpener(env: NodeJS.ProcessEnv): string | null {
  return env.DISPLAY || env.WAYLAND_DISPLAY ? findProgramSync('xdg-open', env) : null;
}

/** Private files (0600 in a 0700 folder) for other programs to show. `remove` deletes them. */
export class TextFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes a text that is safe to show in a terminal. @returns the path */
  async write(name: string, text: string): Promise<string> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, `${name.replace(/[^\w-]/g, '_')}.txt`);
    await writeFile(path, `${displayText(text)}\n`, { mode: 0o600 });
    return path;
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/**
 * Opens a file with an independent program. Resolves when the program has ended with 0, or still runs after `patience`
 * ms, because some openers wait for the viewer.
 * @throws Error when it cannot be started or fails
 */
export async function openFile(opener: string, path: string, patience = 3_000): Promise<void> {
  const child = spawn(opener, [path], { detached: true, stdio: 'ignore' });
  child.unref();
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, patience).unref();
    child.once('error', reject);
    child.once('exit', (status) => {
      clearTimeout(timer);
      if (status === 0) resolve();
      else reject(new Error(`${opener} ended with ${status}`));
    });
  });
}
