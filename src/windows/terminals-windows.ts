import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { VoiceError } from '../errors.ts';
import { findProgram, placesOf } from '../processes/programs.ts';
import type { TerminalCommand, WindowLook } from './terminal-command.ts';

/*
 * Written against https://learn.microsoft.com/windows/terminal/command-line-arguments (Windows Terminal 1.23); tested
 * with a stand-in for wt.exe that reads its arguments as documented, not on Windows.
 */

/**
 * The command line that opens a window of Windows Terminal; without one, a console window of Windows itself. The
 * window has the name of its class, by which it is found again.
 * @throws VoiceError not-found: the settings name another program that is not there
 */
export async function windowsTerminal(
  terminal: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  look: WindowLook,
): Promise<TerminalCommand> {
  const [program = '', ...args] = command;
  const name = terminal.toLowerCase().replace(/\.exe$/, '');
  const wt = ['auto', 'wt', 'windows-terminal'].includes(name) ? await findWindowsTerminal(env) : null;
  if (wt) return { program: wt, args: [...windowOptions(look), ...command.map(literal)] };
  // A detached process of Node has a console window of its own on Windows.
  if (name === 'auto' || name === 'conhost') return { program, args };
  const other = await findProgram(`${name}.exe`, env);
  if (other) return { program: other, args: ['-e', ...command] };
  const hint = 'Correct [reply] terminal in config.toml; "auto" takes Windows Terminal, or a console window.';
  throw new VoiceError('not-found', `There is no terminal ${terminal}.`, hint);
}

/** Brings the window of that name to the front. */
export async function raiseWindowsTerminal(
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<TerminalCommand | null> {
  const program = await findWindowsTerminal(env);
  return program ? { program, args: ['-w', name, 'focus-tab', '--target', '0'] } : null;
}

function windowOptions({ title, class: name, columns, rows }: WindowLook): string[] {
  return [
    ...['-w', name ?? 'new'],
    ...(columns === undefined || rows === undefined ? [] : ['--size', `${columns},${rows}`]),
    'new-tab',
    ...(title === undefined ? [] : ['--title', literal(title)]),
  ];
}

/** A semicolon begins the next command of wt, wherever it stands. */
function literal(text: string): string {
  return text.replaceAll(';', '\\;');
}

/** It is an app execution alias, of which Node's stat() knows nothing: lstat() does. */
async function findWindowsTerminal(env: NodeJS.ProcessEnv): Promise<string | null> {
  const places = placesOf('wt.exe', env);
  if (env.LOCALAPPDATA) places.push(join(env.LOCALAPPDATA, 'Microsoft', 'WindowsApps', 'wt.exe'));
  for (const path of places) if (await lstat(path).catch(() => null)) return path;
  return null;
}
