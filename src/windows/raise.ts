import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { findProgram } from '../processes/programs.ts';
import { output } from '../processes/run.ts';
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
 * Raises and focuses a window, as far as the desktop allows it: X11, sway, Hyprland, niri, macOS (Terminal.app,
 * iTerm2), Windows Terminal.
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
  if (env.WAYLAND_DISPLAY && (await raiseOnWayland(pids, env))) return true;
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

/**
 * Each compositor has its own command, because in Wayland's protocol a client can only raise itself. Written against
 * swaymsg(1) 1.10, hyprctl 0.49 and niri 25.05; tested with stand-ins.
 */
async function raiseOnWayland(pids: readonly number[], env: NodeJS.ProcessEnv): Promise<boolean> {
  if (env.SWAYSOCK) {
    // It fails when no window has that process.
    for (const pid of pids) if ((await ran('swaymsg', [`[pid=${pid}] focus`], env)) !== null) return true;
  }
  if (env.HYPRLAND_INSTANCE_SIGNATURE) {
    for (const pid of pids) {
      // Its status is 0 in any case.
      if ((await ran('hyprctl', ['dispatch', 'focuswindow', `pid:${pid}`], env))?.trim() === 'ok')
        return true;
    }
  }
  if (env.NIRI_SOCKET) {
    const id = idOf(await ran('niri', ['msg', '--json', 'windows'], env), pids);
    const args = ['msg', 'action', 'focus-window', '--id', String(id)];
    if (id !== null && (await ran('niri', args, env)) !== null) return true;
  }
  return false;
}

function idOf(json: string | null, pids: readonly number[]): number | null {
  if (json === null) return null;
  try {
    const windows = JSON.parse(json) as { id: number; pid: number | null }[];
    return windows.find(({ pid }) => pid !== null && pids.includes(pid))?.id ?? null;
  } catch {
    return null; // Another version of niri may use another format.
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
