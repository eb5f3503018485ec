import { fileURLToPath } from 'node:url';

/** A part of this program that runs in a process of its own, because native code in it can crash. */
export type ChildName = 'whisper';

/** The command line that runs this program again with these arguments. */
export function ownCommand(args: readonly string[]): { command: string; args: string[] } {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  return { command: process.execPath, args: ['--disable-warning=ExperimentalWarning', main, ...args] };
}

/** The command line that runs a part of this program as a child; `main.ts` dispatches on `__child`. */
export function childCommand(name: ChildName): { command: string; args: string[] } {
  return ownCommand(['__child', name]);
}
