import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What runs in the hidden terminal in place of Codex's TUI. */
export const IN_TERMINAL = {
  /** Shows nothing. */
  mute: 'exec sleep 600',
  /** Ends, again and again. */
  crashes: "echo 'the screen is on fire'; sleep 0.1; exit 3",
};

/**
 * Writes a program that is the real Codex everywhere but in the terminal, and there only after the file `broken` beside
 * it is gone. Returns its path.
 */
export async function codexWithBrokenTerminal(
  folder: string,
  inTerminal: keyof typeof IN_TERMINAL,
  codex = 'codex',
): Promise<string> {
  const program = join(folder, 'codex');
  const broken = join(folder, 'broken');
  await writeFile(broken, '');
  const script = `#!/bin/sh
[ "$1" = resume ] && [ -e '${broken}' ] && { ${IN_TERMINAL[inTerminal]}; }
exec '${codex}' "$@"
`;
  await writeFile(program, script);
  await chmod(program, 0o755);
  return program;
}
