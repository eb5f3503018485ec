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

/** A screen of our own, title and keyboard modes put aside: the person's are as they were afterwards. */
const ENTER = '\x1b[22;0t\x1b[?1049h\x1b[>0u';
const STDOUT = 1;
const CLEAR = '\x1b[?1049h\x1b[2J\x1b[H';
/**
 * Ends whatever sequence was cut off, then a hyperlink, synchronized updates, paste, mouse, focus, keyboard, margins,
 * colours, cursor; then back to the person's screen and title.
 */
const LEAVE =
  '\x18\x1b]8;;\x1b\\\x1b[?2026l\x1b[?2004l\x1b[?9l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1007l' +
  '\x1b[?1004l\x1b[<u\x1b[>4m\x1b[?1l\x1b>\x1b[?7h\x1b[r\x1b[0m\x1b[0 q\x1b[?25h\x1b[?1049l\x1b[23;0t';

/** The terminal of the person who attaches: made ready, and given back as it was, whatever happens. */
export class PersonTerminal {
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  #inside = false;
  #raw = false;
  /** Its own colours, once it has told them. */
  #colours: Partial<TerminalColours> = {};

  constructor(input: ReadStream, output: WriteStream) {
    this.#input = input;
    this.#output = output;
  }

  get size(): { columns: number; rows: number } {
    // A terminal that was never told its size says 0 (a serial line, some containers).
    return { columns: this.#output.columns || 80, rows: this.#output.rows || 24 };
  }

  /** Takes single keys, and asks for the colours: what it answers comes with the keys. */
  ask(): void {
    this.#input.setRawMode(true).setEncoding('utf8').resume();
    this.#raw = true;
    this.#output.write(ASK_COLOURS);
  }

  /**
   * Shows a screen of our own. A light terminal is made dark for the time: Codex has chosen its colours for a dark one,
   * and its text could not be read there.
   */
  enter(colours: Partial<TerminalColours> = this.#colours): void {
    // A shell that was in front meanwhile has its own mode, of which Node knows nothing.
    if (this.#raw) this.#input.setRawMode(false);
    this.#input.setRawMode(true).resume();
    this.#colours = colours;
    const first = this.#inside ? '' : ENTER;
    this.#raw = true;
    this.#inside = true;
    this.#output.write(first + CLEAR + (this.#darkens ? setColours(HIDDEN_COLOURS) : ''));
  }

  /** @param done when the terminal has taken it */
  write(data: string, done: () => void): void {
    if (this.#inside) this.#output.write(data, done);
  }

  /** Gives it back. */
  leave(): void {
    if (this.#inside) this.#output.write(this.#goodbye());
    this.#inside = false;
    this.#cook();
  }

  /** The same in the last moment of a process, when nothing is written later any more. */
  abandon(): void {
    try {
      if (this.#inside) writeSync(STDOUT, this.#goodbye());
      this.#inside = false;
      this.#cook();
    } catch {
      // The terminal is gone: there is nothing to give back.
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
