import { spawn } from 'node:child_process';
import { VoiceError } from '../errors.ts';
import { findProgram } from '../platform/programs.ts';

/** How each terminal takes the command that is to run in it; the first that is installed is used. */
const TERMINALS: readonly [program: string, args: (command: readonly string[]) => string[]][] = [
  ['x-terminal-emulator', (command) => ['-e', ...command]],
  ['foot', (command) => [...command]],
  ['kitty', (command) => [...command]],
  ['alacritty', (command) => ['-e', ...command]],
  ['wezterm', (command) => ['start', '--', ...command]],
  ['ghostty', (command) => ['-e', ...command]],
  ['gnome-terminal', (command) => ['--', ...command]],
  ['konsole', (command) => ['-e', ...command]],
  ['xfce4-terminal', (command) => ['-x', ...command]],
  ['xterm', (command) => ['-e', ...command]],
];

/**
 * The command line that runs a command in a window of its own.
 * @param terminal "auto", or the name or path of a terminal
 * @throws VoiceError not-found: no such terminal
 */
export async function terminalCommand(
  terminal: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ program: string; args: string[] }> {
  if (terminal !== 'auto') {
    const args = TERMINALS.find(([name]) => name === terminal.split('/').at(-1))?.[1];
    const program = terminal.includes('/') ? terminal : await findProgram(terminal, env);
    if (program) return { program, args: args ? args(command) : ['-e', ...command] };
    throw new VoiceError(
      'not-found',
      `There is no terminal ${terminal}.`,
      'Correct [reply] terminal in config.toml.',
    );
  }
  for (const [name, args] of TERMINALS) {
    const program = await findProgram(name, env);
    if (program) return { program, args: args(command) };
  }
  const names = TERMINALS.map(([name]) => name).join(', ');
  throw new VoiceError(
    'not-found',
    'No terminal program was found.',
    `Install one of ${names}, or name yours in [reply] terminal.`,
  );
}

/** Opens a window that lives on by itself. @throws VoiceError not-found; Error when it cannot be started */
export async function openTerminal(
  terminal: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const { program, args } = await terminalCommand(terminal, command, env);
  const child = spawn(program, args, { env, detached: true, stdio: 'ignore' });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.unref();
}
