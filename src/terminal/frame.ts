import type headless from '@xterm/headless';
import type { IBufferCell, IBufferLine } from '@xterm/headless';
import { type HiddenModes, NO_HIDDEN_MODES } from './hidden-modes.ts';
import { hiddenStateOf, linkOf, underlineColourOf, underlineOf } from './internals.ts';
import type { PaintedRows } from './painted-rows.ts';

/** The content of a terminal at one moment, ready to be compared with another frame. */
export interface Frame {
  columns: number;
  /** Each row as escape sequences that paint it from its first column; styles are reset at both ends. */
  rows: readonly string[];
  /** Zero-based; null: hidden, or scrolled out of view. */
  cursor: { row: number; column: number } | null;
  /** Sequences that set shape, mouse, paste and key modes. */
  modes: string;
  /** Title of the window; '' when the program sets none. Untrusted. */
  title: string;
}

/** Erase to the end of the line, ECMA-48. */
const ERASE_LINE = '\x1b[K';
const RESET = '\x1b[0m';

/**
 * @param scroll rows between the view and the newest rows
 * @param more state that the terminal itself does not keep
 * @param known rows of earlier frames of this terminal, because most have not changed
 */
export function frameOf(
  terminal: headless.Terminal,
  scroll = 0,
  more: HiddenModes = NO_HIDDEN_MODES,
  known: PaintedRows | null = null,
): Frame {
  const buffer = terminal.buffer.active;
  const top = Math.max(0, buffer.baseY - scroll);
  const hidden = hiddenStateOf(terminal);
  const row = buffer.baseY + buffer.cursorY - top;
  // One object for all cells: a frame has about 5,000, sixty times a second.
  const cell = buffer.getNullCell();
  const seen = !hidden.cursorHidden && row < terminal.rows;
  return {
    columns: terminal.cols,
    rows: Array.from({ length: terminal.rows }, (_, index) => {
      const line = buffer.getLine(top + index);
      const paint = (): string => paintRow(terminal, line, cell);
      return line && known ? known.row(line, terminal.cols, paint) : paint();
    }),
    cursor: seen ? { row, column: Math.min(buffer.cursorX, terminal.cols - 1) } : null,
    modes: modesOf(terminal, more),
    title: more.title,
  };
}

/** @param cell reused for each cell */
function paintRow(terminal: headless.Terminal, line: IBufferLine | undefined, cell: IBufferCell): string {
  if (!line) return RESET + ERASE_LINE;
  const end = paintedLength(line, terminal.cols, cell);
  let painted = '';
  let style = RESET;
  let link = '';
  let before = 1;
  for (let column = 0; column < end; column += 1) {
    if (!line.getCell(column, cell)) continue;
    const width = cell.getWidth();
    // The right half of a wide character. Half a character is a space.
    const half = width === 0 && before === 2;
    before = width;
    if (half) continue;
    const nextLink = linkOf(terminal, cell);
    if (nextLink !== link) painted += `\x1b]8;;${nextLink}\x1b\\`;
    link = nextLink;
    const next = styleOf(cell);
    if (next !== style) painted += next;
    style = next;
    painted += cell.getChars() || ' ';
    // Terminals disagree about the width of emoji, so the next column is addressed explicitly.
    if (width === 2 && column + 2 < end) painted += `\x1b[${column + 3}G`;
  }
  if (link !== '') painted += '\x1b]8;;\x1b\\';
  if (style !== RESET) painted += RESET;
  return end < terminal.cols ? painted + ERASE_LINE : painted;
}

/** Number of columns up to the last cell with content. */
function paintedLength(line: IBufferLine, columns: number, cell: IBufferCell): number {
  for (let column = Math.min(columns, line.length) - 1; column >= 0; column -= 1) {
    if (!line.getCell(column, cell)) continue;
    const isEmpty = (cell.getChars() === '' || cell.getChars() === ' ') && cell.getWidth() === 1;
    if (!isEmpty || !cell.isAttributeDefault()) return column + Math.max(1, cell.getWidth());
  }
  return 0;
}

/** Returns the SGR sequence (ECMA-48) for a cell's style, independent of the style before it. */
function styleOf(cell: IBufferCell): string {
  if (cell.isAttributeDefault()) return RESET;
  const codes: string[] = ['0'];
  if (cell.isBold()) codes.push('1');
  if (cell.isDim()) codes.push('2');
  if (cell.isItalic()) codes.push('3');
  const underline = cell.isUnderline() ? underlineOf(cell) : null;
  if (underline !== null) codes.push(underline, ...underlineColourOf(cell));
  if (cell.isBlink()) codes.push('5');
  if (cell.isInverse()) codes.push('7');
  if (cell.isInvisible()) codes.push('8');
  if (cell.isStrikethrough()) codes.push('9');
  if (cell.isOverline()) codes.push('53');
  if (cell.isFgPalette()) codes.push(palette(cell.getFgColorMode(), cell.getFgColor(), 30));
  if (cell.isFgRGB()) codes.push(`38;2;${rgb(cell.getFgColor())}`);
  if (cell.isBgPalette()) codes.push(palette(cell.getBgColorMode(), cell.getBgColor(), 40));
  if (cell.isBgRGB()) codes.push(`48;2;${rgb(cell.getBgColor())}`);
  return `\x1b[${codes.join(';')}m`;
}

/** Colour mode of the sixteen theme colours in @xterm/headless 6.0.0; other modes mean the 256 colours. */
const THEME_COLOUR = 0x1000000;

/** @param base 30 for the foreground, 40 for the background */
function palette(mode: number, colour: number, base: number): string {
  if (mode !== THEME_COLOUR) return `${base + 8};5;${colour}`;
  return String(colour < 8 ? base + colour : base + 60 + colour - 8);
}

function rgb(colour: number): string {
  return `${colour >> 16};${(colour >> 8) & 255};${colour & 255}`;
}

/** DEC private modes of xterm: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html */
const MOUSE = { x10: 9, vt200: 1000, drag: 1002, any: 1003 } as const;
const MOUSE_MODES = [9, 1000, 1002, 1003];
const SGR_MOUSE = 1006;
const ALTERNATE_SCROLL = 1007;

/** Sets every mode explicitly, on or off, so that earlier modes of the user's terminal do not matter. */
function modesOf(terminal: headless.Terminal, more: HiddenModes): string {
  const { modes } = terminal;
  const { cursorShape, sgrMouse } = hiddenStateOf(terminal);
  const set = (mode: number, on: boolean): string => `\x1b[?${mode}${on ? 'h' : 'l'}`;
  const mouse = modes.mouseTrackingMode === 'none' ? null : MOUSE[modes.mouseTrackingMode];
  return [
    set(2004, modes.bracketedPasteMode),
    set(1, modes.applicationCursorKeysMode),
    modes.applicationKeypadMode ? '\x1b=' : '\x1b>',
    set(1004, modes.sendFocusMode),
    ...MOUSE_MODES.filter((mode) => mode !== mouse).map((mode) => set(mode, false)),
    mouse === null ? '' : set(mouse, true),
    set(SGR_MOUSE, sgrMouse),
    more.alternateScroll === null ? '' : set(ALTERNATE_SCROLL, more.alternateScroll),
    `\x1b[=${more.keyboard};1u`,
    `\x1b[${cursorShape} q`,
  ].join('');
}
