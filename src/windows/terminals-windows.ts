import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { VoiceError } from '../errors.ts';
import { findProgram, placesOf, windowsSystemProgram } from '../processes/programs.ts';
import type { TerminalCommand, WindowLook } from './terminal-command.ts';

/*
 * Written against https://learn.microsoft.com/windows/terminal/command-line-arguments (Windows Terminal 1.23); tested
 * with a stand-in for wt.exe that reads its arguments as documented, not on Windows. No shell reads these commands: Node
 * quotes each argument as CommandLineToArgvW expects it.
 */

/**
 * Returns the command that opens a window of Windows Terminal, or a console window without it. The window is named
 * after its class, which identifies it later.
 * @throws VoiceError not-found: the settings name a program that is missing
 */
export async function windowsTerminal(
  terminal: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  look: WindowLook,
): Promise<TerminalCommand> {
  const name = terminal.toLowerCase().replace(/\.exe$/, '');
  const wt = ['auto', 'wt', 'windows-terminal'].includes(name) ? await findWindowsTerminal(env) : null;
  if (wt)
    return { program: wt, args: [...windowOptions(look), ...command.map((word) => literal(quoted(word)))] };
  // A console program that Node starts detached may get no window at all. conhost.exe is no console program: it opens the
  // window, and quotes the command again for the program in it (ConsoleArguments.cpp of microsoft/terminal).
  if (name === 'auto' || name === 'conhost')
    return { program: windowsSystemProgram('conhost.exe', env), args: [...command] };
  const other = await findProgram(`${name}.exe`, env);
  if (other) return { program: other, args: ['-e', ...command] };
  const hint = 'Correct [reply] terminal in config.toml; "auto" takes Windows Terminal, or a console window.';
  throw new VoiceError('not-found', `There is no terminal ${terminal}.`, hint);
}

/** Raises the window with that name. */
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

/**
 * Windows Terminal joins the words of a command again, and puts quotes around those with a space without looking inside
 * (AppCommandlineArgs.cpp). So the quotes and backslashes of a name are escaped here.
 */
function quoted(word: string): string {
  if (word === '') return '""';
  const escaped = word.replaceAll(/(\\*)"/g, '$1$1\\"');
  if (!word.includes(' ')) return escaped;
  return escaped.replace(/(\\+)$/, '$1$1');
}

/** A semicolon always begins the next command of wt. */
function literal(text: string): string {
  return text.replaceAll(';', '\\;');
}

/** It is an app execution alias, which only lstat() finds in Node. */
async function findWindowsTerminal(env: NodeJS.ProcessEnv): Promise<string | null> {
  const places = placesOf('wt.exe', env);
  if (env.LOCALAPPDATA) places.push(join(env.LOCALAPPDATA, 'Microsoft', 'WindowsApps', 'wt.exe'));
  for (const path of places) if (await lstat(path).catch(() => null)) return path;
  return null;
}
