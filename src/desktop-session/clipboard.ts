import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findProgram } from '../processes/programs.ts';

/** Puts a text where the person can paste it from. @throws Error when it cannot */
export type Copy = (text: string) => Promise<void>;

/** It keeps running to serve what was copied (xclip, wl-copy); it has taken the text when this has passed, ms. */
const TAKEN_MS = 500;

/** How a program of the desktop takes a text from its standard input, where it can work; the first that is there. */
const PROGRAMS: readonly [needs: string | null, program: string, args: readonly string[]][] = [
  ['WAYLAND_DISPLAY', 'wl-copy', []],
  ['DISPLAY', 'xclip', ['-selection', 'clipboard', '-in']],
  ['DISPLAY', 'xsel', ['--clipboard', '--input']],
  [null, 'pbcopy', []],
  [null, 'clip.exe', []],
];

/** The clipboard of this desktop; null: there is no program for it, and no button. */
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
  // Its error output stays closed: what goes on in the background would keep a pipe of ours open.
  const child = spawn(program, args, { env, detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(child, 'exit').then(([status]) => {
    if (status !== 0) throw new Error(`${program} ended with ${status}`);
  });
  const { promise: taken, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, TAKEN_MS);
  child.stdin.on('error', () => undefined); // its status says why
  child.stdin.end(text);
  try {
    await Promise.race([ended, taken]);
  } finally {
    clearTimeout(timer);
    ended.catch(() => undefined);
    child.unref();
  }
}
