import type { Frame } from './frame.ts';

/** Synchronized update, DEC mode 2026: a terminal that knows it shows a frame at once, the others ignore it. */
const BEGIN = '\x1b[?2026h\x1b[?25l';
const END = '\x1b[?2026l';

/** Paints frames on one terminal, each by what differs from the one before. */
export class Painter {
  #shown: Frame | null = null;
  #footer = '';

  /** The terminal may show anything now (another size, another program): the next frame is painted whole. */
  forget(): void {
    this.#shown = null;
  }

  /**
   * Sequences that bring the terminal from the last frame to this one; '' when nothing differs.
   * @param footer one row below the frame, as sequences that begin and end reset; '' for none
   */
  paint(frame: Frame, footer: string): string {
    const before = this.#shown;
    const whole =
      before === null || before.columns !== frame.columns || before.rows.length !== frame.rows.length;
    let changes = whole ? '\x1b[0m\x1b[H\x1b[2J' : '';
    if (whole || before.modes !== frame.modes) changes += frame.modes;
    for (const [row, painted] of frame.rows.entries()) {
      if (whole || before.rows[row] !== painted) changes += `\x1b[${row + 1};1H${painted}`;
    }
    if (whole || footer !== this.#footer) changes += `\x1b[${frame.rows.length + 1};1H${footer}`;
    const moved = whole || JSON.stringify(before.cursor) !== JSON.stringify(frame.cursor);
    this.#shown = frame;
    this.#footer = footer;
    if (changes === '' && !moved) return '';
    return `${BEGIN}${changes}${cursorOf(frame)}${END}`;
  }
}

function cursorOf({ cursor }: Frame): string {
  return cursor === null ? '' : `\x1b[${cursor.row + 1};${cursor.column + 1}H\x1b[?25h`;
}
