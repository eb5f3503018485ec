import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../processes/programs.ts';
import type { TerminalCommand, WindowLook } from './terminal-command.ts';

/*
 * Written against the scripting dictionaries of Terminal.app (macOS 14) and iTerm2 3.5
 * (https://iterm2.com/documentation-scripting.html), which osascript(1) controls; tested with a stand-in for osascript,
 * not on macOS.
 */

/** Values are passed as `argv`, never inside the script, so they need no quoting there. */
const TERMINAL_OPENS = `on run {commandLine, windowTitle, columnCount, rowCount}
  tell application "Terminal"
    activate
    set newTab to do script commandLine
    set newWindow to first window whose selected tab is newTab
    if windowTitle is not "" then set custom title of newTab to windowTitle
    if columnCount is not "" then
      set number of columns of newWindow to columnCount as integer
      set number of rows of newWindow to rowCount as integer
    end if
    set frontmost of newWindow to true
  end tell
end run`;

const ITERM_OPENS = `on run {commandLine, windowTitle, columnCount, rowCount}
  tell application "iTerm2"
    activate
    set newWindow to create window with default profile command commandLine
    tell current session of newWindow
      if windowTitle is not "" then set name to windowTitle
      if columnCount is not "" then
        set columns to columnCount as integer
        set rows to rowCount as integer
      end if
    end tell
    select newWindow
  end tell
end run`;

/** Both know the tty of each window. */
export const TERMINAL_RAISES = `on run {device}
  tell application "Terminal"
    repeat with each in windows
      if tty of selected tab of each is device then
        set miniaturized of each to false
        set frontmost of each to true
        activate
        return "raised"
      end if
    end repeat
  end tell
end run`;

export const ITERM_RAISES = `on run {device}
  tell application "iTerm2"
    repeat with each in windows
      if tty of current session of each is device then
        set miniaturized of each to false
        select each
        activate
        return "raised"
      end if
    end repeat
  end tell
end run`;

const ITERM_PLACES = ['/Applications/iTerm.app', 'Applications/iTerm.app'];

/**
 * Returns the command that opens a window of iTerm2 if it is installed, else of Terminal.app; null: another terminal,
 * which is started as on other systems.
 */
export async function macTerminal(
  terminal: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  look: WindowLook,
): Promise<TerminalCommand | null> {
  const name = terminal.toLowerCase().replace(/\.app$/, '');
  const iterm = ['iterm', 'iterm2'].includes(name) || (name === 'auto' && (await hasITerm(env)));
  if (!iterm && !['auto', 'terminal'].includes(name)) return null;
  const program = (await findProgram('osascript', env)) ?? '/usr/bin/osascript';
  const line = command.map(shellWord).join(' ');
  const { title = '', columns = '', rows = '' } = look;
  // Terminal.app types it into a shell, which must end with the command.
  const run = iterm ? line : `exec ${line}`;
  const script = iterm ? ITERM_OPENS : TERMINAL_OPENS;
  return { program, args: ['-e', script, run, title, String(columns), String(rows)] };
}

/** Quotes a word for a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

async function hasITerm(env: NodeJS.ProcessEnv): Promise<boolean> {
  for (const place of ITERM_PLACES) {
    const path = place.startsWith('/') ? place : join(env.HOME ?? '/', place);
    if (await stat(path).catch(() => null)) return true;
  }
  return false;
}
