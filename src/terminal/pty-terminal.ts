import type { IPty, spawn } from '@lydell/node-pty';
import graphemes from '@xterm/addon-unicode-graphemes';
import headless, { type ITerminalAddon } from '@xterm/headless';
import type { Logger } from 'pino';
import { messageOf, VoiceError } from '../errors.ts';
import { endWithThisProcess } from '../processes/end-with-parent.ts';
import { beOrdinary } from '../processes/priorities.ts';
import { HIDDEN_COLOURS } from './colours.ts';
import { type Frame, frameOf } from './frame.ts';
import { type HiddenModes, watchModes } from './hidden-modes.ts';
import type { HiddenTerminal, ScreenRow } from './hidden-terminal.ts';
import { PaintedRows } from './painted-rows.ts';
import { closeConsole, releaseConsole } from './pseudo-console.ts';

/** Codex asks for the colours (OSC 10 and 11) to choose its own. */
const COLOURS: Record<number, string> = { 10: HIDDEN_COLOURS.foreground, 11: HIDDEN_COLOURS.background };

/** node-pty turns an undefined variable into the word "undefined". */
function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

const DEFAULT_SIZE = { columns: 120, rows: 40 };
/** RIS, ECMA-48. */
const FULL_RESET = '\x1bc';
const STOP_TIMEOUT_MS = 2_000;

interface TerminalCommand {
  program: string;
  args: string[];
  directory: string;
  env: NodeJS.ProcessEnv;
}

/** One program in the PTY. */
interface Running {
  pty: IPty;
  exited: Promise<void>;
}

/**
 * A PTY that nothing displays, with an emulated screen. It answers a terminal's queries (device attributes, cursor
 * position, colours). Its program can be started again; listeners stay.
 */
export class PtyTerminal implements HiddenTerminal {
  readonly #screen: headless.Terminal;
  readonly #modes: HiddenModes;
  readonly #logger: Logger;
  readonly #dimColumn: number;
  readonly #passed = new Set<(data: string) => void>();
  readonly #painted = new Set<() => void>();
  readonly #rows = new PaintedRows();
  /** The same for the rows as text: a streaming program changes a few rows of each frame. */
  readonly #texts = new PaintedRows();
  #frame: readonly ScreenRow[] = [];
  #running: Running | null = null;
  #spawn: typeof spawn | null = null;
  /** Why node-pty was not loaded. */
  #unloaded: unknown = 'it was not loaded';
  /** False while the screen still shows the previous program. */
  #fresh = true;

  /** @param dimColumn the column, zero-based, whose dimness `rows` reports */
  constructor(logger: Logger, size = DEFAULT_SIZE, dimColumn = 0) {
    this.#logger = logger;
    this.#dimColumn = dimColumn;
    this.#screen = new headless.Terminal({
      cols: size.columns,
      rows: size.rows,
      scrollback: 1_000,
      allowProposedApi: true,
      // @xterm/headless 6.0.0 prints its whole state for each sequence that it cannot parse.
      logLevel: 'off',
    });
    // Codex counts columns by grapheme clusters, as ratatui does: an emoji has two.
    this.#screen.loadAddon(new graphemes.UnicodeGraphemesAddon() as unknown as ITerminalAddon);
    this.#modes = watchModes(this.#screen);
    this.#screen.onData((answer) => this.write(answer));
    for (const [number, colour] of Object.entries(COLOURS)) {
      this.#screen.parser.registerOscHandler(Number(number), (data) => {
        if (data === '?') this.write(`\x1b]${number};${colour}\x1b\\`);
        return true;
      });
    }
    this.#screen.parser.registerOscHandler(52, (data) => {
      // The user may copy, but a program must not read the clipboard.
      if (!data.endsWith('?')) this.#pass(`\x1b]52;${data}\x1b\\`);
      return true;
    });
    this.#screen.onBell(() => this.#pass('\x07'));
  }

  get size(): { columns: number; rows: number } {
    return { columns: this.#screen.cols, rows: this.#screen.rows };
  }

  get pid(): number | null {
    return this.#running?.pty.pid ?? null;
  }

  /** Loads node-pty, a native module. Call it before `start`, which throws if that failed. */
  async load(): Promise<void> {
    try {
      this.#spawn = (await import('@lydell/node-pty')).spawn;
    } catch (error) {
      this.#unloaded = error;
    }
  }

  /**
   * Starts a program on an empty screen; `exited` is called once, unless `stop` ended it. @throws VoiceError codex-down
   */
  start(command: TerminalCommand, exited: (status: { exitCode: number; signal: number }) => void): void {
    if (this.#running) throw new Error('a program runs in this terminal');
    if (this.#spawn === null) throw unopened(this.#unloaded, 'Install codex-voice again.');
    // In the stream, between the output of the previous program and the new one.
    this.#fresh = false;
    this.#frame = [];
    this.#screen.write(FULL_RESET, () => {
      this.#fresh = true;
    });
    const pty = opened(this.#spawn, command.program, command.args, {
      name: 'xterm-256color',
      cols: this.#screen.cols,
      rows: this.#screen.rows,
      cwd: command.directory,
      env: { ...definedOnly(command.env), TERM: 'xterm-256color', COLORTERM: 'truecolor' },
    });
    beOrdinary(pty.pid);
    void endWithThisProcess(pty.pid);
    const { promise, resolve } = Promise.withResolvers<void>();
    const running = { pty, exited: promise };
    this.#running = running;
    pty.onData((data) => this.#output(data));
    pty.onExit(({ exitCode, signal }) => {
      if (process.platform === 'win32') releaseConsole(pty);
      resolve();
      if (this.#running !== running) return;
      this.#running = null;
      exited({ exitCode, signal: signal ?? 0 });
    });
  }

  /** Ends the program, with SIGKILL if necessary. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    this.#running = null;
    if (process.platform === 'win32') return this.#closeConsole(running);
    running.pty.kill('SIGHUP');
    const force = setTimeout(() => running.pty.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await running.exited;
    clearTimeout(force);
  }

  /** Shows a text on an empty screen while no program runs. @param text without control characters */
  writeLine(text: string): void {
    if (!this.#running) this.#screen.write(`${FULL_RESET}${text}`, () => this.#parsed());
  }

  /**
   * Windows has no signals. Closing the pseudoconsole tells its programs to end (CTRL_CLOSE_EVENT); one that does not is
   * terminated.
   */
  async #closeConsole({ pty, exited }: Running): Promise<void> {
    closeConsole(pty);
    const force = setTimeout(() => endNow(pty.pid), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(force);
  }

  write(data: string): void {
    this.#running?.pty.write(data);
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#running?.pty.resize(columns, rows);
  }

  onPassed(listener: (data: string) => void): () => void {
    this.#passed.add(listener);
    return () => this.#passed.delete(listener);
  }

  /** Called after each complete frame. */
  onPainted(listener: () => void): () => void {
    this.#painted.add(listener);
    return () => this.#painted.delete(listener);
  }

  screen(): string[] {
    if (!this.#fresh) return [];
    const buffer = this.#screen.buffer.active;
    return Array.from({ length: this.#screen.rows }, (_, row) => {
      const line = buffer.getLine(buffer.baseY + row);
      if (!line) return '';
      return this.#texts.row(line, this.#screen.cols, () => line.translateToString(true).trimEnd());
    });
  }

  /**
   * The last complete frame, for the composer gate; empty when no program runs. Codex 0.169.0 wraps each frame in a
   * synchronized update (DEC mode 2026), and half a frame looks like another screen.
   */
  rows(): readonly ScreenRow[] {
    return this.#running ? this.#frame : [];
  }

  frame(scroll = 0): Frame {
    return frameOf(this.#screen, scroll, this.#modes, this.#rows);
  }

  get scrollback(): number {
    return this.#screen.buffer.active.baseY;
  }

  #pass(data: string): void {
    for (const listener of this.#passed) listener(data);
  }

  #output(data: string): void {
    this.#logger.trace({ length: data.length }, 'terminal output');
    this.#screen.write(data, () => this.#parsed());
  }

  #parsed(): void {
    if (this.#screen.modes.synchronizedOutputMode) return;
    const buffer = this.#screen.buffer.active;
    const cell = buffer.getNullCell();
    this.#frame = this.screen().map((text, row) => {
      const found = buffer.getLine(buffer.baseY + row)?.getCell(this.#dimColumn, cell);
      return { text, dim: found !== undefined && found.isDim() !== 0 };
    });
    for (const listener of this.#painted) listener();
  }
}

/** Terminates a process at once; does nothing when it has ended. */
function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** Starts a program in a new pseudo-terminal. @throws VoiceError codex-down */
function opened(open: typeof spawn, ...command: Parameters<typeof spawn>): IPty {
  try {
    return open(...command);
  } catch (cause) {
    const hint =
      process.platform === 'win32'
        ? 'Windows 10 version 1809 or newer is needed. Run `codex` in a terminal to see whether it starts.'
        : 'Check the limits of processes and pseudo-terminals (`ulimit -u`, /proc/sys/kernel/pty/max), then say it again.';
    throw unopened(cause, hint);
  }
}

function unopened(cause: unknown, hint: string): VoiceError {
  const message = `The hidden terminal could not be opened: ${messageOf(cause)}`;
  return new VoiceError('codex-down', message, hint, { cause });
}
