import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from '@lydell/node-pty';
import graphemes from '@xterm/addon-unicode-graphemes';
import headless, { type ITerminalAddon } from '@xterm/headless';
import { frameOf } from '../../src/terminal/frame.ts';
import { type HiddenModes, watchModes } from '../../src/terminal/hidden-modes.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface WindowOptions {
  columns?: number;
  rows?: number;
  /** What it says of its colours; default: nothing. */
  colours?: { foreground: string; background: string };
  args?: readonly string[];
}

/** A terminal as wide as Codex thinks that characters are. */
export function newScreen(columns: number, rows: number): headless.Terminal {
  const screen = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
  screen.loadAddon(new graphemes.UnicodeGraphemesAddon() as unknown as ITerminalAddon);
  return screen;
}

/** A person's terminal in which `codex-voice attach` runs. */
export class AttachedWindow {
  readonly pty: IPty;
  readonly exited: Promise<{ exitCode: number; signal: number }>;
  readonly screen: headless.Terminal;
  readonly modes: HiddenModes;
  /** All that was written to it. */
  raw = '';
  bells = 0;

  constructor(env: NodeJS.ProcessEnv, { columns = 90, rows = 30, colours, args = [] }: WindowOptions = {}) {
    this.screen = newScreen(columns, rows);
    this.modes = watchModes(this.screen);
    this.pty = spawn(process.execPath, [MAIN, 'attach', ...args], {
      name: 'xterm-256color',
      cols: columns,
      rows,
      env: env as Record<string, string>,
    });
    this.screen.onData((answer) => this.pty.write(answer));
    this.screen.onBell(() => {
      this.bells += 1;
    });
    for (const [code, colour] of [
      [10, colours?.foreground],
      [11, colours?.background],
    ] as const) {
      this.screen.parser.registerOscHandler(code, (data) => {
        if (data === '?' && colour) this.pty.write(`\x1b]${code};${colour}\x1b\\`);
        return true;
      });
    }
    this.pty.onData((data) => {
      this.raw += data;
      this.screen.write(data);
    });
    this.exited = new Promise((resolve) =>
      this.pty.onExit(({ exitCode, signal }) => resolve({ exitCode, signal: signal ?? 0 })),
    );
  }

  /** Rows as plain text. */
  get rows(): string[] {
    const { active } = this.screen.buffer;
    return Array.from(
      { length: this.screen.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '',
    );
  }

  get text(): string {
    return this.rows.join('\n');
  }

  /** Rows with their styles, as the painter would paint them. */
  get painted(): readonly string[] {
    return frameOf(this.screen).rows;
  }

  /** 'normal' or 'alternate'. */
  get buffer(): string {
    return this.screen.buffer.active.type;
  }

  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    this.pty.resize(columns, rows);
  }
}
