import graphemes from '@xterm/addon-unicode-graphemes';
import headless, { type ITerminalAddon } from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Painter } from '../../src/attach/painter.ts';
import { frameOf } from '../../src/terminal/frame.ts';
import { NO_HIDDEN_MODES, watchModes } from '../../src/terminal/hidden-modes.ts';
import { hiddenStateOf, linkOf, underlineColourOf, underlineOf } from '../../src/terminal/internals.ts';
import { PaintedRows } from '../../src/terminal/painted-rows.ts';

const COLUMNS = 24;
const ROWS = 8;

function newTerminal(columns = COLUMNS, rows = ROWS): headless.Terminal {
  const terminal = new headless.Terminal({ cols: columns, rows, scrollback: 100, allowProposedApi: true });
  terminal.loadAddon(new graphemes.UnicodeGraphemesAddon() as unknown as ITerminalAddon);
  return terminal;
}

function write(terminal: headless.Terminal, data: string): Promise<void> {
  return new Promise((resolve) => terminal.write(data, resolve));
}

/** All that can be seen of a row: characters and styles of each cell. */
function cells(terminal: headless.Terminal, row: number): string[] {
  const buffer = terminal.buffer.active;
  const line = buffer.getLine(buffer.baseY + row);
  return Array.from({ length: terminal.cols }, (_, column) => {
    const cell = line?.getCell(column);
    if (!cell) return '';
    // A link is underlined by every terminal in its own way.
    const underline = cell.isUnderline() ? underlineOf(cell) : null;
    // Set or not: which bit says so differs with the way a style came about.
    const styles = [
      cell.isBold() !== 0,
      cell.isDim() !== 0,
      cell.isItalic() !== 0,
      cell.isBlink() !== 0,
      cell.isInverse() !== 0,
      cell.isInvisible() !== 0,
      cell.isStrikethrough() !== 0,
      cell.isOverline() !== 0,
      cell.getFgColorMode(),
      cell.getFgColor(),
      cell.getBgColorMode(),
      cell.getBgColor(),
      underline,
      underline === null ? [] : underlineColourOf(cell),
      linkOf(terminal, cell),
    ];
    // A cell that was never written and a blank look alike.
    // So does half of a wide character that was cut in two.
    const half = cell.getWidth() === 0 && line?.getCell(column - 1)?.getWidth() === 2;
    const width = half ? 0 : Math.max(1, cell.getWidth());
    return JSON.stringify([cell.getChars() || (width === 1 ? ' ' : ''), width, ...styles]);
  });
}

function screen(terminal: headless.Terminal, rows = terminal.rows): string[][] {
  return Array.from({ length: rows }, (_, row) => cells(terminal, row));
}

/** A program in the hidden terminal, a person's terminal one row higher, and the painter between them. */
class Pair {
  readonly hidden = newTerminal();
  readonly seen = newTerminal(COLUMNS, ROWS + 1);
  readonly painter = new Painter();
  readonly rows = new PaintedRows();
  sent = 0;

  async step(data: string, footer = ''): Promise<void> {
    await write(this.hidden, data);
    const painted = this.painter.paint(frameOf(this.hidden, 0, NO_HIDDEN_MODES, this.rows), footer);
    this.sent = painted.length;
    await write(this.seen, painted);
  }

  check(): void {
    expect(screen(this.seen, ROWS)).toEqual(screen(this.hidden));
    const { cursorX, cursorY } = this.hidden.buffer.active;
    if (hiddenStateOf(this.hidden).cursorHidden) return;
    expect([this.seen.buffer.active.cursorX, this.seen.buffer.active.cursorY]).toEqual([
      Math.min(cursorX, COLUMNS - 1),
      cursorY,
    ]);
  }
}

const sgr = fc
  .array(
    fc.constantFrom(
      '0',
      '1',
      '2',
      '3',
      '4',
      '5',
      '7',
      '8',
      '9',
      '53',
      '31',
      '97',
      '44',
      '38;5;200',
      '4:3',
      '4:5;58;5;9',
      '4;58;2;1;2;3',
      '48;2;1;2;3',
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((codes) => `\x1b[${codes.join(';')}m`);
const text = fc.stringMatching(/^[a-zA-Z0-9 ]{0,30}$/);
const wide = fc.constantFrom('日本', '漢', 'é', 'e\u0301', '한글', '🙂', '👩‍👩‍👧', '🇩🇪', '⚠️', '—', '│', '█');
const control = fc.constantFrom(
  '\r\n',
  '\r',
  '\n',
  '\b',
  '\t',
  '\x1b[2J',
  '\x1b[K',
  '\x1b[1K',
  '\x1b[H',
  '\x1b[3;5H',
  '\x1b[5A',
  '\x1b[2L',
  '\x1b[3M',
  '\x1b[4P',
  '\x1b[2@',
  '\x1b[?25l',
  '\x1b[?25h',
  '\x1b[2;6r',
  '\x1b[r',
  '\x1b[S',
  '\x1bM',
  '\x1b[?1049h',
  '\x1b[?1049l',
  '\x1b[8X',
  '\x1b]8;;https://x.org/a\x1b\\',
  '\x1b]8;;\x1b\\',
);
const output = fc.array(fc.oneof(sgr, text, wide, control), { maxLength: 20 }).map((parts) => parts.join(''));

describe('the painted view', () => {
  it('shows the same cells as the hidden terminal, frame after frame', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(output, { minLength: 1, maxLength: 5 }), async (steps) => {
        const pair = new Pair();
        for (const data of steps) {
          await pair.step(data);
          pair.check();
        }
      }),
      { numRuns: 150 },
    );
  });

  it('keeps the columns where a terminal thinks that an emoji is narrow', async () => {
    const pair = new Pair();
    const narrow = new headless.Terminal({ cols: COLUMNS, rows: ROWS + 1, allowProposedApi: true });
    await pair.step('🙂🙂 a ⚠️ b 日本 c');
    await write(narrow, new Painter().paint(frameOf(pair.hidden), ''));
    const characters = (terminal: headless.Terminal) =>
      cells(terminal, 0).map((cell) => (JSON.parse(cell) as string[])[0] ?? '');
    for (const letter of 'abc') {
      expect(characters(narrow).indexOf(letter)).toBe(characters(pair.hidden).indexOf(letter));
    }
  });

  it('sends nothing when nothing has changed, and only the row that has', async () => {
    const pair = new Pair();
    await pair.step('one\r\ntwo\r\nthree');
    const whole = pair.sent;
    await pair.step('');
    expect(pair.sent).toBe(0);
    await pair.step('\x1b[2;1HTWO');
    expect(pair.sent).toBeGreaterThan(0);
    expect(pair.sent).toBeLessThan(whole / 2);
    pair.check();
  });

  it('paints all again when the person has another size', async () => {
    const pair = new Pair();
    await pair.step('before');
    pair.painter.forget();
    await write(pair.seen, '\x1b[2Jgarbage');
    await pair.step('');
    pair.check();
  });

  it('keeps one row of its own below', async () => {
    const pair = new Pair();
    await pair.step('a\r\n'.repeat(20), '\x1b[7mstatus\x1b[0m');
    expect(cells(pair.seen, ROWS).map((cell) => (JSON.parse(cell) as string[])[0])).toEqual([
      ...'status'.padEnd(COLUMNS),
    ]);
    pair.check();
  });

  it('passes modes, cursor shape and links on', async () => {
    const pair = new Pair();
    await pair.step(
      '\x1b[?2004h\x1b[?1002h\x1b[?1006h\x1b[?1h\x1b[?1004h\x1b[5 q\x1b]8;;https://x.org/a\x1b\\link\x1b]8;;\x1b\\',
    );
    expect(pair.seen.modes).toMatchObject({
      bracketedPasteMode: true,
      mouseTrackingMode: 'drag',
      applicationCursorKeysMode: true,
      sendFocusMode: true,
    });
    expect(hiddenStateOf(pair.seen)).toEqual({ cursorHidden: false, cursorShape: 5, sgrMouse: true });
    expect(frameOf(pair.seen).rows[0]).toContain('\x1b]8;;https://x.org/a\x1b\\link');
    await pair.step('\x1b[?2004l\x1b[?1002l\x1b[?1006l\x1b[?25l\x1b[0 q');
    expect(pair.seen.modes).toMatchObject({ bracketedPasteMode: false, mouseTrackingMode: 'none' });
    expect(hiddenStateOf(pair.seen)).toEqual({ cursorHidden: true, cursorShape: 0, sgrMouse: false });
  });

  it('passes no link on that a terminal could be tricked with', async () => {
    const pair = new Pair();
    await pair.step('\x1b]8;;javascript:alert(1)\x1b\\a\x1b]8;;\x1b\\');
    expect(frameOf(pair.hidden).rows[0]).not.toContain('javascript');
  });

  it('keeps a curly underline', async () => {
    const pair = new Pair();
    await pair.step('\x1b[4:3mcurly\x1b[0m');
    expect(frameOf(pair.seen).rows[0]).toContain('4:3');
  });

  it('passes the title on, in one line and once', async () => {
    const pair = new Pair();
    const modes = watchModes(pair.hidden);
    let title = '';
    pair.seen.onTitleChange((changed) => {
      title = changed;
    });
    const show = async (): Promise<string> => {
      const painted = pair.painter.paint(frameOf(pair.hidden, 0, modes), '');
      await write(pair.seen, painted);
      return painted;
    };
    await write(pair.hidden, '\x1b]0;⠋ a project\x07');
    await show();
    expect(title).toBe('⠋ a project');
    expect(await show()).toBe('');
    await write(pair.hidden, `\x1b]2;${'x'.repeat(5_000)}\x07`);
    await show();
    expect(title).toBe(`${'x'.repeat(199)}…`);
    await write(pair.hidden, '\x1bc');
    await show();
    expect(title).toBe('');
  });

  it('passes the keyboard modes and the alternate scroll on', async () => {
    const pair = new Pair();
    const modes = watchModes(pair.hidden);
    const modesAfter = async (data: string): Promise<string> => {
      await write(pair.hidden, data);
      return frameOf(pair.hidden, 0, modes).modes;
    };
    expect(await modesAfter('')).not.toContain('?1007');
    expect(await modesAfter('\x1b[>7u\x1b[?1007l')).toMatch(/\x1b\[\?1007l\x1b\[=7;1u/);
    // Each screen has its own flags, as in Kitty.
    expect(await modesAfter('\x1b[?1049h')).toContain('\x1b[=0;1u');
    expect(await modesAfter('\x1b[>1u\x1b[=4;2u\x1b[?1007h')).toMatch(/\x1b\[\?1007h\x1b\[=5;1u/);
    expect(await modesAfter('\x1b[=1;3u')).toContain('\x1b[=4;1u');
    expect(await modesAfter('\x1b[<u')).toContain('\x1b[=0;1u');
    expect(await modesAfter('\x1b[?1049l')).toContain('\x1b[=7;1u');
    expect(await modesAfter('\x1b[<9u')).toContain('\x1b[=0;1u');
    expect(await modesAfter(`${'\x1b[>31u'.repeat(1_000)}\x1bc`)).toContain('\x1b[=0;1u');
  });

  it('looks back', async () => {
    const pair = new Pair();
    await pair.step(Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\r\n'));
    const frame = frameOf(pair.hidden, 10);
    expect(frame.rows[0]).toContain('line 12');
    expect(frame.cursor).toBeNull();
    await write(pair.seen, pair.painter.paint(frame, ''));
    expect(
      cells(pair.seen, 0)
        .map((cell) => (JSON.parse(cell) as string[])[0])
        .join(''),
    ).toContain('line 12');
    expect(frameOf(pair.hidden, 1_000).rows[0]).toContain('line 0');
  });
});
