import { spawn } from 'node:child_process';
import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import { presentNext } from './present.ts';
import type { WindowLook } from './terminal-command.ts';
import { terminalCommand } from './terminals.ts';

/** Wide enough for a diff, and a part of the screen of a small laptop. */
export const POPUP_SIZE = { columns: 110, rows: 32 } as const;

/** A terminal that cannot open its window (no display, a wrong option) says so within that time, ms. */
const OPENS_MS = 1_500;

/** How the window is to look, and when it is known to be there. */
export interface OpenOptions extends WindowLook {
  /** Resolves when what runs in the window has told so: nothing is waited for then. */
  ready?: Promise<unknown>;
  logger?: Logger;
  /** Default: this one. */
  platform?: NodeJS.Platform;
}

/**
 * Opens a window that lives on by itself, with a command in it. On X11 one with a title or a class is put into the
 * middle of the monitor and gets the keyboard.
 * @param terminal "auto", or the name or path of a terminal
 * @throws VoiceError not-found: no such terminal, or it ended before its window was there
 */
export async function openTerminal(
  terminal: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  options: OpenOptions = {},
): Promise<void> {
  const look = { ...POPUP_SIZE, ...options };
  const { program, args } = await terminalCommand(terminal, command, env, look, options.platform);
  const child = spawn(program, args, { env: ownWindow(env), detached: true, stdio: 'ignore' });
  const { title, class: name, logger } = options;
  const { promise: come, resolve: onCome } = Promise.withResolvers<void>();
  if (title !== undefined || name !== undefined) {
    const signs = {
      ...(title === undefined ? {} : { title }),
      ...(name === undefined ? {} : { class: name }),
    };
    void presentNext(env, { ...signs, pids: child.pid === undefined ? [] : [child.pid] }, onCome, logger);
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
      // Some hand the window to a server of theirs and end well.
      if (status === 0) resolve();
      else failed(`it ended with ${status ?? signal}`);
    });
    options.ready?.then(() => resolve(), reject);
    // A window that a person closes at once, however hard, was there: xterm 379 ends with 84 then.
    void come.then(() => resolve());
    ended.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }).finally(() => ended.abort());
  child.unref();
}

/** What a terminal tells the program in it must not come from the terminal that this program was started in. */
function ownWindow(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { WINDOWID: _window, TMUX: _tmux, TMUX_PANE: _pane, ...own } = env;
  return own;
}
