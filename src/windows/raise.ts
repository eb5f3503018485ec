import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { findProgram } from '../processes/programs.ts';
import { output } from '../processes/run.ts';
import { isWayland } from '../wayland/session.ts';
import type { WantedWindow } from './compositor.ts';
import { findCompositor } from './compositors.ts';
import { ITERM_RAISES, TERMINAL_RAISES } from './terminals-macos.ts';
import { raiseWindowsTerminal } from './terminals-windows.ts';

/** What is known about a window that runs a program of ours. */
export interface KnownWindow {
  /** Process in it. */
  pid: number;
  /** DISPLAY and WINDOWID, as its terminal has set them. */
  display?: string;
  id?: number;
  /** Class with which it was opened. */
  class: string;
}

/** More than any of these programs needs, ms. */
const TIMEOUT_MS = 3_000;

/**
 * Raises and focuses a window, as far as the desktop allows it: X11, sway, Plasma, Hyprland, niri, macOS
 * (Terminal.app, iTerm2), Windows Terminal.
 * @returns false when it could not
 */
export async function raiseWindow(
  window: KnownWindow,
  env: NodeJS.ProcessEnv,
  logger: Logger,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  if (platform === 'darwin') return raiseOnMac(window, env);
  if (platform === 'win32') {
    const command = await raiseWindowsTerminal(window.class, env);
    return command !== null && (await ran(command.program, command.args, env)) !== null;
  }
  const display = window.display ?? env.DISPLAY;
  const pids = await ancestors(window.pid);
  if (isWayland(env) && (await raiseOnWayland({ pids, class: window.class }, env, logger))) return true;
  if (!display) return false;
  const { XWindows } = await import('../x11/windows.ts');
  try {
    using windows = await XWindows.open(
      { ...env, DISPLAY: display },
      logger,
      AbortSignal.timeout(TIMEOUT_MS),
    );
    const { id } = window;
    const found = await windows.find({ pids, class: window.class, ...(id === undefined ? {} : { id }) });
    if (found === null) return false;
    await windows.raise(found);
    return true;
  } catch (error) {
    logger.debug({ err: error }, 'a terminal window was not raised');
    return false;
  }
}

/** Returns a process and its ancestors (Linux, proc(5)), without the first process of the system. */
async function ancestors(pid: number): Promise<number[]> {
  const found: number[] = [];
  for (let at = pid; at > 1 && found.length < 32; ) {
    found.push(at);
    const status = await readFile(`/proc/${at}/status`, 'utf8').catch(() => '');
    at = Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1] ?? 0);
  }
  return found;
}

/** @returns false when the compositor moves no windows for other programs, or does not know this one */
async function raiseOnWayland(
  window: WantedWindow,
  env: NodeJS.ProcessEnv,
  logger: Logger,
): Promise<boolean> {
  try {
    const compositor = await findCompositor(env);
    return (await compositor?.raise(window, AbortSignal.timeout(TIMEOUT_MS))) ?? false;
  } catch (error) {
    logger.debug({ err: error }, 'a terminal window was not raised');
    return false;
  }
}

/** Both applications know the tty of each window. Only one that runs is asked. */
async function raiseOnMac({ pid }: KnownWindow, env: NodeJS.ProcessEnv): Promise<boolean> {
  const tty = (await ran('ps', ['-o', 'tty=', '-p', String(pid)], env))?.trim();
  if (!tty?.startsWith('tty')) return false;
  for (const [application, script] of [
    ['iTerm2', ITERM_RAISES],
    ['Terminal', TERMINAL_RAISES],
  ] as const) {
    if ((await ran('pgrep', ['-x', application], env)) === null) continue;
    if ((await ran('osascript', ['-e', script, `/dev/${tty}`], env))?.trim() === 'raised') return true;
  }
  return false;
}

/** Returns the output of a program; null when it is missing or failed. */
async function ran(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | null> {
  const program = /[\\/]/.test(name) ? name : await findProgram(name, env);
  if (program === null) return null;
  return output(program, args, { env, timeoutMs: TIMEOUT_MS }).catch(() => null);
}
