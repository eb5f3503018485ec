import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgramSync } from '../processes/programs.ts';
import { displayText } from '../text/clean.ts';

/** The program that opens a file in what the user likes to read it with; null where there is none or no desktop. */
export function findOpener(env: NodeJS.ProcessEnv): string | null {
  return env.DISPLAY || env.WAYLAND_DISPLAY ? findProgramSync('xdg-open', env) : null;
}

/** Texts as private files (0600 in a 0700 folder), for other programs to show; gone with `remove`. */
export class TextFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes a text, without what could harm a terminal that shows it. @returns the path */
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
 * Opens a file with a program that lives on by itself. Resolves when the program took it: it ended with 0, or is
 * still at it after `patience` ms, since some openers wait for the viewer.
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
