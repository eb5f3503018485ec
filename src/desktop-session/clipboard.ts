import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findProgram } from '../processes/programs.ts';

/** Copies a text to the clipboard. @throws Error when it cannot */
export type Copy = (text: string) => Promise<void>;

/** A program that keeps running to serve the text (xclip, wl-copy) has taken it after this time, ms. */
const TAKEN_MS = 500;

/**
 * Programs that read the text from their standard input, and the variable that each needs; the first installed one is
 * used.
 */
const PROGRAMS: readonly [needs: string | null, program: string, args: readonly string[]][] = [
  ['WAYLAND_DISPLAY', 'wl-copy', []],
  ['DISPLAY', 'xclip', ['-selection', 'clipboard', '-in']],
  ['DISPLAY', 'xsel', ['--clipboard', '--input']],
  [null, 'pbcopy', []],
  [null, 'clip.exe', []],
];

/** Finds the clipboard of this desktop; null: there is no program for it. */
export async function findClipboard(env: NodeJS.ProcessEnv): Promise<Copy | null> {
  for (const [needs, name, args] of PROGRAMS) {
    if (needs !== null && !env[needs]) continue;
    const program = await findProgram(name, env);
    if (program !== null) return (text) => pipe(program, args, text, env);
  }
  return null;
}

async function pipe(
  program: string,
  args: readonly string[],
  text: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  // Without stderr, because a background process would keep the pipe open.
  const child = spawn(program, args, { env, detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(child, 'exit').then(([status]) => {
    if (status !== 0) throw new Error(`${program} ended with ${status}`);
  });
  const { promise: taken, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, TAKEN_MS);
  child.stdin.on('error', () => undefined); // Its status says why.
  child.stdin.end(text);
  try {
    await Promise.race([ended, taken]);
  } finally {
    clearTimeout(timer);
    ended.catch(() => undefined);
    child.unref();
  }
}
