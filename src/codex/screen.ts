import type headless from '@xterm/headless';
import type { IBufferCell } from '@xterm/headless';

/**
 * The visible screen as escape sequences that paint it on an empty or used terminal of the same size: cells with
 * their colours and attributes, then the modes that matter to a person who types, then the cursor.
 */
export function paintScreen(terminal: headless.Terminal): string {
  const buffer = terminal.buffer.active;
  let painted = '\x1b[0m\x1b[H\x1b[2J';
  let style = '';
  for (let row = 0; row < terminal.rows; row += 1) {
    painted += `\x1b[${row + 1};1H`;
    const line = buffer.getLine(buffer.baseY + row);
    const width = line?.translateToString(true).length ? terminal.cols : 0;
    for (let column = 0; column < width; column += 1) {
      const cell = line?.getCell(column);
      if (!cell || cell.getWidth() === 0) continue; // The right half of a wide character.
      const next = styleOf(cell);
      if (next !== style) painted += next;
      style = next;
      painted += cell.getChars() || ' ';
    }
  }
  const paste = terminal.modes.bracketedPasteMode ? '\x1b[?2004h' : '\x1b[?2004l';
  const keys = terminal.modes.applicationCursorKeysMode ? '\x1b[?1h' : '\x1b[?1l';
  return `${painted}\x1b[0m${paste}${keys}\x1b[${buffer.cursorY + 1};${buffer.cursorX + 1}H`;
}

/** Select Graphic Rendition (ECMA-48) that sets a cell's style, whatever was set before. */
function styleOf(cell: IBufferCell): string {
  const codes: (number | string)[] = [0];
  if (cell.isBold()) codes.push(1);
  if (cell.isDim()) codes.push(2);
  if (cell.isItalic()) codes.push(3);
  if (cell.isUnderline()) codes.push(4);
  if (cell.isBlink()) codes.push(5);
  if (cell.isInverse()) codes.push(7);
  if (cell.isInvisible()) codes.push(8);
  if (cell.isStrikethrough()) codes.push(9);
  if (cell.isFgPalette()) codes.push(`38;5;${cell.getFgColor()}`);
  if (cell.isFgRGB()) codes.push(`38;2;${rgb(cell.getFgColor())}`);
  if (cell.isBgPalette()) codes.push(`48;5;${cell.getBgColor()}`);
  if (cell.isBgRGB()) codes.push(`48;2;${rgb(cell.getBgColor())}`);
  return `\x1b[${codes.join(';')}m`;
}

function rgb(colour: number): string {
  return `${colour >> 16};${(colour >> 8) & 255};${colour & 255}`;
}
