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

/** A terminal that cannot open its window (no display, a wrong option) says so within that time, ms. */
const OPENS_MS = 1_500;

/**
 * Opens a window that lives on by itself.
 * @throws VoiceError not-found: no such terminal, or it ended at once
 */
export async function openTerminal(
  terminal: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const { program, args } = await terminalCommand(terminal, command, env);
  const child = spawn(program, args, { env, detached: true, stdio: 'ignore' });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, OPENS_MS);
    const failed = (why: string): void => {
      clearTimeout(timer);
      const hint = 'Name another terminal in [reply] terminal, or run `codex-voice attach` yourself.';
      reject(new VoiceError('not-found', `The terminal ${program} did not open: ${why}.`, hint));
    };
    child.once('error', (error) => failed(error.message));
    child.once('exit', (status, signal) => {
      clearTimeout(timer);
      // Some hand the window to a server of theirs and end well.
      if (status === 0) resolve();
      else failed(`it ended with ${status ?? signal}`);
    });
  });
  child.unref();
}
