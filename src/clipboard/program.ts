import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { findProgram, NOT_INSTALLED } from '../processes/programs.ts';
import type { ClipboardDriver } from './clipboard.ts';

/** A program that keeps running to serve the text has taken it after this time, ms. */
const TAKEN_MS = 500;

interface ClipboardProgram {
  name: string;
  /** The variable without which it is of no use. */
  needs?: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
}

/**
 * The clipboard by a program that reads the text from its standard input. wl-copy (wl-clipboard 2.1) speaks the
 * data-control protocols of Wayland, for which Node cannot receive the file descriptors. It serves the text until another
 * one is copied.
 */
export function programDriver({ name, needs, args, env }: ClipboardProgram): ClipboardDriver {
  let path = '';
  return {
    name,
    async unavailable() {
      if (needs !== undefined && !env[needs]) return `${needs} is not set`;
      path = (await findProgram(name, env)) ?? '';
      return path === '' ? NOT_INSTALLED : null;
    },
    open() {
      /** The programs that serve a text; the older ones are about to end. */
      const serving = new Set<ChildProcess>();
      return {
        async copy(text) {
          const child = spawn(path, args, { env, stdio: ['pipe', 'ignore', 'ignore'] });
          serving.add(child);
          child.once('close', () => serving.delete(child));
          await taken(child, name, text);
        },
        close() {
          for (const child of serving) child.kill();
        },
      };
    },
  };
}

/** @throws Error when the program fails */
async function taken(child: ChildProcess, name: string, text: string): Promise<void> {
  const ended = once(child, 'exit').then(([status]) => {
    if (status !== 0) throw new Error(`${name} ended with ${status}`);
  });
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, TAKEN_MS);
  child.stdin?.on('error', () => undefined); // Its status says why.
  child.stdin?.end(text);
  try {
    await Promise.race([ended, late]);
  } finally {
    clearTimeout(timer);
    ended.catch(() => undefined);
  }
}
