import { spawn } from 'node:child_process';
import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import { presentNext } from './present.ts';
import type { WindowLook } from './terminal-command.ts';
import { terminalCommand } from './terminals.ts';

/** Wide enough for a diff, but not the whole screen of a small laptop. */
const POPUP_SIZE = { columns: 110, rows: 32 } as const;

/** A terminal that cannot open its window (no display, a wrong option) ends within this time, ms. */
const OPENS_MS = 1_500;

/** The look of the window, and how to know that it has opened. */
export interface OpenOptions extends WindowLook {
  /** Resolves when the program in the window has reported that it runs. */
  ready?: Promise<unknown>;
  /**
   * The token with which the desktop allows the new window to take the focus, because the user has just pressed something
   * (xdg-activation, startup notification).
   */
  activation?: string | undefined;
  logger?: Logger;
  /** Default: the current platform. */
  platform?: NodeJS.Platform;
}

/**
 * Opens an independent window that runs a command. On X11, sway, Plasma, Hyprland and niri, a window with a title or a
 * class is placed in the middle of the monitor and focused.
 * @param terminal "auto", or the name or path of a terminal
 * @throws VoiceError not-found: there is no such terminal, or it ended before its window opened
 */
export async function openTerminal(
  terminal: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  options: OpenOptions = {},
): Promise<void> {
  const look = { ...POPUP_SIZE, ...options };
  const { program, args } = await terminalCommand(terminal, command, env, look, options.platform);
  const child = spawn(program, args, {
    env: { ...ownWindow(env), ...activationOf(options) },
    detached: true,
    stdio: 'ignore',
  });
  const { title, class: name, logger } = options;
  const { promise: come, resolve: onCome } = Promise.withResolvers<void>();
  if (title !== undefined || name !== undefined) {
    const criteria = {
      ...(title === undefined ? {} : { title }),
      ...(name === undefined ? {} : { class: name }),
    };
    void presentNext(env, { ...criteria, pids: child.pid === undefined ? [] : [child.pid] }, onCome, logger);
  }
  const ended = new AbortController();
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, OPENS_MS);
    const failed = (why: string): void => {
      const hint = 'Set [reply] terminal to another terminal, or run `codex-voice attach` yourself.';
      reject(new VoiceError('not-found', `The terminal ${program} did not open: ${why}.`, hint));
    };
    child.once('error', (error) => failed(error.message));
    child.once('exit', (status, signal) => {
      // Some terminals pass the window to a server and end successfully.
      if (status === 0) resolve();
      else failed(`it ended with ${status ?? signal}`);
    });
    options.ready?.then(() => resolve(), reject);
    // A window that the user closes at once has opened: xterm 379 ends with 84 then.
    void come.then(() => resolve());
    ended.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }).finally(() => ended.abort());
  child.unref();
}

/** Removes variables that describe the terminal in which this program was started. */
function ownWindow(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { WINDOWID: _window, TMUX: _tmux, TMUX_PANE: _pane, ...own } = env;
  const { XDG_ACTIVATION_TOKEN: _token, DESKTOP_STARTUP_ID: _startup, ...fresh } = own;
  return fresh;
}

/** The first is for Wayland, the second for X11: both have the same value. */
function activationOf({ activation }: OpenOptions): NodeJS.ProcessEnv {
  return activation ? { XDG_ACTIVATION_TOKEN: activation, DESKTOP_STARTUP_ID: activation } : {};
}
