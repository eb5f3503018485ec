import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ControlClient } from '../control/client.ts';
import { VoiceError } from '../errors.ts';
import { ownCommand } from '../single-file/child.ts';
import { displayText } from '../text/clean.ts';
import type { InCharge, Lent } from './app.ts';
import { Controller } from './controller.ts';
import { connectFirst, keepConnected } from './link.ts';
import { wantsColours } from './painting/theme.ts';
import { ReviewEditor, reviewState } from './review-editor.ts';
import { initialState, type Size, type State } from './state.ts';
import { Store } from './store.ts';
import type { Terminal } from './terminal.ts';

/** Longest text that terminals copy at once (xterm 390), bytes. */
const MAX_COPY = 74_994;
/** Pause between checks whether a notice has expired, ms. */
const TICK_MS = 1_000;

interface UiOptions {
  /** Absolute path of the daemon's socket. */
  socket: string;
  env: NodeJS.ProcessEnv;
}

/**
 * Runs the screen until the user leaves it.
 * @throws VoiceError usage (the terminal is unsuitable), daemon-missing, protocol-version
 */
export async function runUi(options: UiOptions): Promise<void> {
  checkTerminal(options.env);
  const daemon = await connectFirst(options.socket);
  await onScreen(
    options,
    daemon,
    initialState(sizeOf(process.stdout)),
    (...parts) => new Controller(...parts),
  );
}

/**
 * Edits a prompt in review. Its countdown stops until the user has decided, or this process has ended.
 * @param id its beginning is enough. Default: the newest
 * @returns the result, for display
 * @throws VoiceError daemon-missing, protocol-version, not-found, usage
 */
export async function runReviewEditor(options: UiOptions, id?: string): Promise<string> {
  const daemon = await connectFirst(options.socket);
  const { review } = await daemon
    .request('review/hold', id === undefined ? {} : { id })
    .catch((error: unknown) => {
      daemon.close();
      throw error;
    });
  const state = reviewState(sizeOf(process.stdout), review);
  const title = displayText(`${review.project} · before it is sent`);
  const editor = await onScreen(options, daemon, state, (...parts) => new ReviewEditor(...parts), title);
  return editor.outcome;
}

/**
 * Draws until the user leaves, then restores the terminal, whatever happened.
 * @param title of the window
 * @returns the object that handled the keys
 */
async function onScreen<C extends InCharge>(
  { socket, env }: UiOptions,
  daemon: ControlClient,
  state: State,
  inCharge: (store: Store, terminal: Terminal) => C,
  title?: string,
): Promise<C> {
  const ink = await loadInk(env);
  const { stdout } = process;
  const store = new Store(state);
  const ended = new AbortController();
  const lent = Promise.withResolvers<Lent>();
  let generation = 0;

  const terminal: Terminal = {
    quit: () => instance.unmount(),
    redraw: () => draw(true),
    suspend: () => suspended(async () => stopUntilContinued(onStop)),
    edit: (file) => suspended(() => openEditor(file, env)),
    attach: () => suspended(() => runToEnd(ownCommand(['attach']), env)),
    copy: (text) => {
      const bytes = Buffer.from(text).subarray(0, MAX_COPY);
      stdout.write(`\x1b]52;c;${bytes.toString('base64')}\x07`);
    },
  };
  const controller = inCharge(store, terminal);
  const element = () =>
    ink.createElement(ink.App, {
      store,
      controller,
      generation,
      colours: wantsColours(env),
      lend: lent.resolve,
    });
  const draw = (anew: boolean): void => {
    if (anew) {
      generation += 1;
      instance.clear();
      stdout.write('\x1b[H\x1b[2J');
    }
    instance.rerender(element());
  };
  /** Gives the terminal to another program meanwhile. */
  const suspended = async (work: () => Promise<void>): Promise<void> => {
    const { suspendTerminal } = await lent.promise;
    await suspendTerminal(work);
    onResize();
  };
  const onStop = (): void => void terminal.suspend();
  const onResize = (): void => {
    store.dispatch({ type: 'size', size: sizeOf(stdout) });
    draw(true);
  };

  const instance = ink.render(element(), {
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: true,
    maxFps: 20,
  });
  let failure: unknown;
  const onFailure = (error: unknown): void => {
    failure ??= error;
    instance.unmount();
  };
  const tick = setInterval(() => store.dispatch({ type: 'tick', now: Date.now() }), TICK_MS);
  stdout.on('resize', onResize);
  process.on('SIGTSTP', onStop);
  process.on('uncaughtException', onFailure);
  // When keys are read, for programs that wait for the window by its title.
  if (title !== undefined) void lent.promise.then(() => stdout.write(`\x1b[22;2t\x1b]2;${title}\x07`));
  try {
    const connected = keepConnected(
      socket,
      daemon,
      {
        up: (there) => controller.connected(there),
        event: (event) => store.dispatch({ type: 'event', event, now: Date.now() }),
        changed: (link) => store.dispatch({ type: 'link', link }),
      },
      ended.signal,
    );
    await Promise.race([instance.waitUntilExit(), connected]);
  } finally {
    instance.unmount();
    ended.abort();
    clearInterval(tick);
    controller.close?.();
    if (title !== undefined) stdout.write('\x1b[23;2t');
    stdout.off('resize', onResize);
    process.off('SIGTSTP', onStop).off('uncaughtException', onFailure);
  }
  if (failure !== undefined) throw failure;
  return controller;
}

/** Loads ink's modules, which take a second and which no other command needs. */
async function loadInk(env: NodeJS.ProcessEnv) {
  // Otherwise react uses a slow build for development.
  Object.assign(process.env, { NODE_ENV: env.NODE_ENV ?? 'production' });
  const [{ render }, { createElement }, { App }, yoga] = await Promise.all([
    import('ink'),
    import('react'),
    import('./app.ts'),
    import('yoga-layout'),
  ]);
  // In the single file, yoga cannot wait for itself while it is loaded (scripts/single-file/natives.ts).
  if ('ready' in yoga) await yoga.ready;
  return { render, createElement, App };
}

/** @throws VoiceError usage */
function checkTerminal({ TERM = '' }: NodeJS.ProcessEnv): void {
  const hint = 'Use `codex-voice status`, `history` or `ask` instead.';
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new VoiceError('usage', 'ui needs a terminal.', hint);
  if (TERM === 'dumb' || TERM === '') {
    throw new VoiceError('usage', `ui cannot draw on this terminal (TERM is "${TERM}").`, hint);
  }
}

function sizeOf({ columns, rows }: NodeJS.WriteStream): Size {
  return { columns: columns || 80, rows: rows || 24 };
}

/** Stops the whole job as if there were no handler for Ctrl-Z; resolves when it is continued. */
async function stopUntilContinued(handler: () => void): Promise<void> {
  if (process.platform === 'win32') return; // It has no job control.
  process.off('SIGTSTP', handler);
  process.kill(0, 'SIGTSTP');
  // The kernel does not stop an orphaned job.
  await delay(50);
  process.on('SIGTSTP', handler);
}

/**
 * Runs $VISUAL or $EDITOR through a shell, as git does; on Windows through cmd.exe, because many editors are .cmd files.
 * @throws VoiceError usage
 */
async function openEditor(file: string, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  if (process.platform === 'win32') {
    const editor = env.VISUAL || env.EDITOR || 'notepad';
    return runToEnd({ command: `${editor} "${file}"`, args: [], shell: true }, env);
  }
  const editor = env.VISUAL || env.EDITOR || 'vi';
  const args = ['-c', `${editor} "$1"`, 'sh', file];
  await runToEnd({ command: 'sh', args }, env);
}

/** Runs a program in the terminal, which gets Ctrl-C. @throws VoiceError usage */
async function runToEnd(
  { command, args, shell = false }: { command: string; args: readonly string[]; shell?: boolean },
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  try {
    const child = spawn(command, args, { env, shell, stdio: 'inherit' });
    const [code] = await once(child, 'exit');
    // sh, and cmd.exe.
    if (code === 127 || code === 9009)
      throw new VoiceError('usage', 'The editor was not found.', 'Set EDITOR to one that is installed.');
  } finally {
    process.off('SIGINT', ignore);
  }
}
