import type { Frame } from '../terminal/frame.ts';
import { lineText } from '../text/clean.ts';

/** Synchronized update, DEC mode 2026: a terminal that supports it shows a frame at once; others ignore it. */
const BEGIN = '\x1b[?2026h\x1b[?25l';
/** Longer than any title bar, characters. */
const MOST_TITLE = 200;
const END = '\x1b[?2026l';

/** Paints frames on one terminal. Each frame sends only its differences from the previous one. */
export class Painter {
  #shown: Frame | null = null;
  #footer = '';

  /** Paints the next frame completely, because the terminal may show anything now (another size or program). */
  forget(): void {
    this.#shown = null;
  }

  /**
   * Returns the sequences that turn the last frame into this one; '' when nothing differs.
   * @param footer one row below the frame, as sequences that begin and end reset; '' for none
   * @param footerRow its row, from 1 on; default: the one below the frame
   */
  paint(frame: Frame, footer: string, footerRow = frame.rows.length + 1): string {
    const before = this.#shown;
    const whole =
      before === null || before.columns !== frame.columns || before.rows.length !== frame.rows.length;
    let changes = whole ? '\x1b[0m\x1b[H\x1b[2J' : '';
    if (whole || before.modes !== frame.modes) changes += frame.modes;
    if (whole || before.title !== frame.title) changes += `\x1b]0;${titleOf(frame.title)}\x07`;
    for (const [row, painted] of frame.rows.entries()) {
      if (whole || before.rows[row] !== painted) changes += `\x1b[${row + 1};1H${painted}`;
    }
    if (whole || footer !== this.#footer) changes += `\x1b[${footerRow};1H${footer}`;
    const moved = whole || JSON.stringify(before.cursor) !== JSON.stringify(frame.cursor);
    this.#shown = frame;
    this.#footer = footer;
    if (changes === '' && !moved) return '';
    return `${BEGIN}${changes}${cursorOf(frame)}${END}`;
  }
}

/** A title is one line, and ends at the first control character. */
function titleOf(title: string): string {
  return lineText(title, MOST_TITLE);
}

function cursorOf({ cursor }: Frame): string {
  return cursor === null ? '' : `\x1b[${cursor.row + 1};${cursor.column + 1}H\x1b[?25h`;
}
