import { fileURLToPath } from 'node:url';
import { embedded } from './embedded.ts';

/** Work for a separate process: native code that can crash, and work whose memory must be freed. */
type ChildName = 'whisper' | 'ear' | 'extract' | 'hotkey' | 'vocabulary';

/**
 * Node's options for this program; the single file contains them. A young generation of 2 MB instead of 16 (V8 in Node
 * 24.21) saves about 25 MB in the daemon, which makes little garbage and has time to collect it.
 */
export const NODE_OPTIONS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2'] as const;

/** Returns the command that runs this program with these arguments. */
export function ownCommand(args: readonly string[]): { command: string; args: string[] } {
  if (embedded() !== null) return { command: process.execPath, args: [...args] };
  const entry = fileURLToPath(new URL('../../bin/codex-voice.js', import.meta.url));
  return { command: process.execPath, args: [...NODE_OPTIONS, entry, ...args] };
}

/** Returns the command that runs a part of this program as a child process; `main.ts` dispatches on `__child`. */
export function childCommand(name: ChildName): { command: string; args: string[] } {
  return ownCommand(['__child', name]);
}
