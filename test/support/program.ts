import { ownCommand } from '../../src/single-file/child.ts';

/** The command line of the program under test: this checkout's, or the file that CODEX_VOICE_PROGRAM names. */
export function programCommand(
  args: readonly string[],
  file = process.env.CODEX_VOICE_PROGRAM,
): { command: string; args: string[] } {
  return file ? { command: file, args: [...args] } : ownCommand(args);
}
