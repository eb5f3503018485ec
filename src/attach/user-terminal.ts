import { writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';
import {
  ASK_COLOURS,
  HIDDEN_COLOURS,
  isLight,
  restoreColours,
  setColours,
  type TerminalColours,
} from '../terminal/colours.ts';

/** Switches to another screen, and saves the title and the keyboard modes for later. */
const ENTER = '\x1b[22;0t\x1b[?1049h\x1b[>0u';
const STDOUT = 1;
const CLEAR = '\x1b[?1049h\x1b[2J\x1b[H';
/**
 * Ends any sequence that was cut off, then a hyperlink, synchronized updates, paste, mouse, focus, keyboard, margins,
 * colours, cursor; then restores the screen and the title.
 */
const LEAVE =
  '\x18\x1b]8;;\x1b\\\x1b[?2026l\x1b[?2004l\x1b[?9l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1007l' +
  '\x1b[?1004l\x1b[<u\x1b[>4m\x1b[?1l\x1b>\x1b[?7h\x1b[r\x1b[0m\x1b[0 q\x1b[?25h\x1b[?1049l\x1b[23;0t';

/** The user's terminal while it shows a hidden one. `leave` or `abandon` restores it. */
export class UserTerminal {
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  #inside = false;
  #raw = false;
  /** Its own colours, as far as it has reported them. */
  #colours: Partial<TerminalColours> = {};

  constructor(input: ReadStream, output: WriteStream) {
    this.#input = input;
    this.#output = output;
  }

  get size(): { columns: number; rows: number } {
    // A terminal without a known size reports 0 (a serial line, some containers).
    return { columns: this.#output.columns || 80, rows: this.#output.rows || 24 };
  }

  /** Reads single keys, and asks for the colours: the answers arrive among the keys. */
  ask(): void {
    this.#input.setRawMode(true).setEncoding('utf8').resume();
    this.#raw = true;
    this.#output.write(ASK_COLOURS);
  }

  /**
   * Switches to another screen. A light terminal becomes dark meanwhile, because Codex has chosen its colours for a
   * dark one and would be unreadable.
   */
  enter(colours: Partial<TerminalColours> = this.#colours): void {
    // A shell in the foreground may have changed the mode without Node noticing.
    if (this.#raw) this.#input.setRawMode(false);
    this.#input.setRawMode(true).resume();
    this.#colours = colours;
    const first = this.#inside ? '' : ENTER;
    this.#raw = true;
    this.#inside = true;
    this.#output.write(first + CLEAR + (this.#darkens ? setColours(HIDDEN_COLOURS) : ''));
  }

  /** @param done called when the terminal has taken the data */
  write(data: string, done: () => void): void {
    if (this.#inside) this.#output.write(data, done);
  }

  /** Restores the terminal. */
  leave(): void {
    if (this.#inside) this.#output.write(this.#goodbye());
    this.#inside = false;
    this.#cook();
  }

  /** Restores it synchronously, when the process is about to end. */
  abandon(): void {
    try {
      if (this.#inside) writeSync(STDOUT, this.#goodbye());
      this.#inside = false;
      this.#cook();
    } catch {
      // The terminal is gone.
    }
  }

  get #darkens(): boolean {
    return this.#colours.background !== undefined && isLight(this.#colours.background);
  }

  #goodbye(): string {
    return LEAVE + (this.#darkens ? restoreColours(this.#colours) : '');
  }

  #cook(): void {
    if (!this.#raw) return;
    this.#raw = false;
    this.#input.setRawMode(false).pause();
  }
}
