import headless from '@xterm/headless';
import { afterEach, describe, expect, test } from 'vitest';
import { Painter } from '../../src/attach/painter.ts';
import { PtyTerminal } from '../../src/terminal/pty-terminal.ts';
import { silent } from '../support/codex.ts';

describe('the hidden terminal', () => {
  let terminal: PtyTerminal;

  afterEach(() => terminal.stop());

  async function run(script: string): Promise<{ exitCode: number }> {
    terminal = new PtyTerminal(silent, { columns: 60, rows: 10 }, 2);
    await terminal.load();
    return new Promise((resolve) => {
      terminal.start(
        {
          program: '/bin/sh',
          args: ['-c', script],
          directory: '/',
          env: { ...process.env, UNSET: undefined },
        },
        resolve,
      );
    });
  }

  test('shows what a program prints, wide and joined characters too', async () => {
    await run(`printf 'plain \\033[2mdim\\033[0m\\r\\n  \\033[2mdim\\033[0m\\r\\n日本 👩‍👩‍👧 é'`);
    await expect.poll(() => terminal.screen().slice(0, 3)).toEqual(['plain dim', '  dim', '日本 👩‍👩‍👧 é']);
  });

  test('cannot be opened without its native module, and says so', async () => {
    terminal = new PtyTerminal(silent);
    const command = { program: '/bin/sh', args: [], directory: '/', env: {} };
    expect(() => terminal.start(command, () => undefined)).toThrow(
      'The hidden terminal could not be opened: ',
    );
    terminal.writeLine('nothing runs here');
    await expect.poll(() => terminal.screen()[0]).toBe('nothing runs here');
    expect(terminal.rows()).toEqual([]);
  });

  test('tells dim text apart while the program runs', async () => {
    void run(`printf '› \\033[2mhint\\033[0m\\r\\n› text'; read line`);
    await expect
      .poll(() => terminal.rows().slice(0, 2))
      .toEqual([
        { text: '› hint', dim: true },
        { text: '› text', dim: false },
      ]);
  });

  test('half a frame is not shown as a screen', async () => {
    void run(
      `printf 'whole'; read line; printf '\\033[?2026h\\033[Hhalf '; read line; printf 'other\\033[?2026l'; read line`,
    );
    await expect.poll(() => terminal.rows()[0]?.text).toBe('whole');
    terminal.write('\r');
    await expect.poll(() => terminal.screen()[0]).toBe('half');
    expect(terminal.rows()[0]?.text).toBe('whole');
    terminal.write('\r');
    await expect.poll(() => terminal.rows().map((row) => row.text)).toContain('other');
  });

  test('answers what a terminal is asked: attributes, cursor, colours', async () => {
    const ask = `stty raw -echo; printf '\\033[c\\033[6n\\033]10;?\\033\\\\\\033]11;?\\033\\\\'; head -c 60 | od -An -c | tr -d ' \\n'`;
    void run(ask);
    await expect
      .poll(() => terminal.screen().join(''))
      .toMatch(/033\[\?1;2c033\[1;1R033\]10;rgb:e6e6.*033\]11;rgb:1e1e/u);
  });

  test('gives its size, takes another, and says what TERM is', async () => {
    const done = run(`echo $TERM; stty size; read line; stty size`);
    await expect.poll(() => terminal.screen()[1]).toBe('10 60');
    terminal.resize(70, 12);
    terminal.write('\r');
    await done;
    await expect.poll(() => terminal.screen().filter(Boolean)).toEqual(['xterm-256color', '10 60', '12 70']);
    expect(terminal.size).toEqual({ columns: 70, rows: 12 });
  });

  test('a frame paints the same screen elsewhere', async () => {
    const done = run(
      `printf '\\033[1;31mred\\033[0m 日本\\r\\n\\033[48;2;1;2;3m on a ground \\033[0m\\r\\n\\033[5;8Hhere'`,
    );
    await done;
    await expect.poll(() => terminal.screen()[4]).toBe('       here');
    const painted = new Painter().paint(terminal.frame(), '');
    const elsewhere = new headless.Terminal({ cols: 60, rows: 10, allowProposedApi: true });
    await new Promise<void>((resolve) => elsewhere.write(`leftovers${painted}`, resolve));
    const shown = terminal.screen();
    expect(
      shown.map((_, row) => elsewhere.buffer.active.getLine(row)?.translateToString(true).trimEnd()),
    ).toEqual(shown);
    expect(shown[0]).toBe('red 日本');
    expect([elsewhere.buffer.active.cursorY, elsewhere.buffer.active.cursorX]).toEqual([4, 11]);
  });

  test('frames can be watched, and left; the bell and what is copied are passed on, what is asked for is not', async () => {
    const done = run(
      `read line; printf 'one\\007\\033]52;c;aGk=\\007\\033]52;c;?\\007'; read line; echo two`,
    );
    let frames = 0;
    const passed: string[] = [];
    const leave = [
      terminal.onPainted(() => {
        frames += 1;
      }),
      terminal.onPassed((data) => passed.push(data)),
    ];
    await expect.poll(() => terminal.pid).not.toBeNull();
    terminal.write('\r');
    await expect.poll(() => terminal.screen().join(' ')).toContain('one');
    await expect.poll(() => passed).toEqual(['\x07', '\x1b]52;c;aGk=\x1b\\']);
    expect(frames).toBeGreaterThan(0);
    for (const stop of leave) stop();
    const before = frames;
    terminal.write('\r');
    await done;
    await expect.poll(() => terminal.screen().join(' ')).toContain('two');
    expect(frames).toBe(before);
  });

  test('a program that ends is told; the next one starts on an empty screen; a stubborn one is killed', async () => {
    expect(await run('echo before; exit 3')).toMatchObject({ exitCode: 3 });
    let told = false;
    terminal.start(
      {
        program: '/bin/sh',
        args: ['-c', "trap '' HUP; echo after; while :; do sleep 1; done"],
        directory: '/',
        env: process.env,
      },
      () => {
        told = true;
      },
    );
    await expect.poll(() => terminal.screen().filter(Boolean)).toEqual(['after']);
    await terminal.stop();
    expect(told).toBe(false);
    expect(terminal.pid).toBeNull();
    terminal.write('nobody hears this');
  });
});
