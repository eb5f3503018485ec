import { fileURLToPath } from 'node:url';
import { embedded } from './embedded.ts';

/** What this program does in a process of its own: native code that can crash, and what would leave its memory behind. */
export type ChildName = 'whisper' | 'ear' | 'extract' | 'vocabulary';

/**
 * Node's options for this program; the single file has them inside. A young generation of 2 MB instead of 16 (V8 in
 * Node 24.21) keeps the daemon some 25 MB smaller: what it does makes little garbage, and has time to collect it.
 */
export const NODE_OPTIONS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2'] as const;

/** The command line that runs this program again with these arguments. */
export function ownCommand(args: readonly string[]): { command: string; args: string[] } {
  if (embedded() !== null) return { command: process.execPath, args: [...args] };
  const entry = fileURLToPath(new URL('../../bin/codex-voice.js', import.meta.url));
  return { command: process.execPath, args: [...NODE_OPTIONS, entry, ...args] };
}

/** The command line that runs a part of this program as a child; `main.ts` dispatches on `__child`. */
export function childCommand(name: ChildName): { command: string; args: string[] } {
  return ownCommand(['__child', name]);
}
