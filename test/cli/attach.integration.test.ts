import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from '@lydell/node-pty';
import headless from '@xterm/headless';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOBODY_SPEAKS, runCli, startDaemon, type TestDaemon } from '../support/desktop.ts';
import { waitFor } from '../support/process.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** A person's terminal, in which `codex-voice attach` runs. */
class Window {
  readonly pty: IPty;
  readonly exited: Promise<number>;
  readonly #screen: headless.Terminal;
  raw = '';

  constructor(env: NodeJS.ProcessEnv, cols = 90, rows = 30) {
    this.#screen = new headless.Terminal({ cols, rows, allowProposedApi: true });
    this.pty = spawn(process.execPath, [MAIN, 'attach'], {
      name: 'xterm-256color',
      cols,
      rows,
      env: env as Record<string, string>,
    });
    this.pty.onData((data) => {
      this.raw += data;
      this.#screen.write(data);
    });
    this.exited = new Promise((resolve) => this.pty.onExit(({ exitCode }) => resolve(exitCode)));
  }

  get text(): string {
    const { active } = this.#screen.buffer;
    const rows = Array.from({ length: this.#screen.rows }, (_, row) =>
      active.getLine(active.viewportY + row),
    );
    return rows.map((row) => row?.translateToString(true) ?? '').join('\n');
  }

  /** 'normal' or 'alternate'. */
  get buffer(): string {
    return this.#screen.buffer.active.type;
  }

  get modes(): headless.IModes {
    return this.#screen.modes;
  }

  resize(cols: number, rows: number): void {
    this.#screen.resize(cols, rows);
    this.pty.resize(cols, rows);
  }
}

describe('attach', () => {
  let daemon: TestDaemon;
  const windows: Window[] = [];

  beforeAll(async () => {
    const env = { ...process.env };
    for (const name of ['DISPLAY', 'DBUS_SESSION_BUS_ADDRESS']) delete env[name];
    daemon = await startDaemon(env, { config: NOBODY_SPEAKS });
  });
  afterAll(async () => {
    for (const { pty } of windows) pty.kill('SIGKILL');
    await daemon?.stop();
  });

  function open(columns?: number, rows?: number): Window {
    const window = new Window(daemon.env, columns, rows);
    windows.push(window);
    return window;
  }

  it('shows the living Codex, takes keys, and leaves the terminal as it was', async () => {
    await daemon.ask('the words of before');
    const window = open();
    await waitFor('the conversation', () => window.text.includes('the words of before'));
    expect(window.buffer).toBe('alternate');
    window.pty.write('typed by hand');
    await waitFor('the draft', () => /› .*typed by hand/.test(window.text));
    // Enter in a burst with the words would be a line break (Codex 0.169.0).
    window.pty.write('\r');
    await daemon.model.waitForRequest(({ lastUserText }) => lastUserText === 'typed by hand');
    await waitFor('the answer', () => window.text.includes('You said: "typed by hand"'));

    // Shift+Enter, as a terminal with Kitty's keyboard protocol sends it (Codex 0.169.0 asks for it and never checks).
    window.pty.write('two\x1b[13;2ulines');
    await waitFor('the second line', () => /› two *\n *lines/.test(window.text));
    window.pty.write('\x03');
    await waitFor('an empty composer', () => !window.text.includes('› two'));

    window.pty.write('\x1d');
    expect(await window.exited).toBe(0);
    await waitFor('the last words', () => window.text.includes('detached'));
    expect(window.buffer).toBe('normal');
    expect(window.modes).toMatchObject({
      bracketedPasteMode: false,
      mouseTrackingMode: 'none',
      sendFocusMode: false,
    });
    // Codex goes on.
    expect(await daemon.ask('and on')).toMatchObject({ state: 'answered' });
  });

  it('has the size of the smallest window, and its own afterwards', async () => {
    const large = open(100, 40);
    await waitFor('the composer', () => large.text.includes('› '));
    const small = open(60, 20);
    await waitFor('the composer', () => small.text.includes('› '));
    large.pty.write('a draft that is longer than sixty columns are wide, so it wraps over');
    await waitFor('the wrapped draft', () => /wide, so it/.test(small.text));
    const widest = Math.max(...small.text.split('\n').map((row) => row.length));
    expect(widest).toBeLessThanOrEqual(60);
    // A draft of a person is not sent along with a prompt, nor lost without a word.
    small.resize(70, 24);
    large.pty.write('\x7f'.repeat(80));
    await waitFor('an empty composer', () => !large.text.includes('a draft'));
    for (const window of [small, large]) {
      window.pty.write('\x1b[93;5u'); // Ctrl-] of the Kitty keyboard protocol
      expect(await window.exited).toBe(0);
    }
    expect((await daemon.status()).session.state).toBe('idle');
    expect(await daemon.ask('after both')).toMatchObject({ state: 'answered' });
  });

  it('does not answer a second time what Codex asks its terminal when it starts', async () => {
    const window = open();
    await waitFor('the composer', () => window.text.includes('› '));
    // Ctrl-C in an empty composer ends the TUI (Codex 0.169.0); the daemon starts it again.
    const before = window.raw.length;
    window.pty.write('\x03');
    await waitFor('another start', () => window.raw.slice(before).includes('OpenAI Codex'));
    await waitFor('an empty composer', () => window.text.includes('Ask Codex to do anything'));
    expect(window.raw.slice(before)).not.toMatch(/\x1b\[6n|\x1b\]11;\?/);
    expect(await daemon.ask('clean')).toMatchObject({ state: 'answered' });
    window.pty.write('\x1d');
    expect(await window.exited).toBe(0);
  });

  it('tells in its last row what the daemon does', async () => {
    const window = open(100, 24);
    const lastRow = () => window.text.split('\n').at(-1) ?? '';
    await waitFor('the status line', () => lastRow().includes(' idle  backend'));
    expect(lastRow()).toContain('Ctrl-] detaches');
    await daemon.ask('for the timings');
    await waitFor('the timings', () => /pty \d+ first \d+/.test(lastRow()));
    window.pty.write('\x1d');
    expect(await window.exited).toBe(0);
  });

  it('looks back, and forward again with the next key', async () => {
    for (let line = 1; line <= 8; line += 1) await daemon.ask(`line ${line} of a long talk`);
    const window = open(90, 20);
    await waitFor('the composer', () => window.text.includes('› '));
    expect(window.text).not.toContain('line 1 of');
    await waitFor(
      'an early line',
      () => {
        window.pty.write('\x1b[5;2~');
        return window.text.includes('line 1 of');
      },
      { every: 200 },
    );
    // What is said meanwhile is sent all the same.
    expect(await daemon.ask('said while looking back')).toMatchObject({ state: 'answered' });
    await waitFor('the newest', () => window.text.includes('said while looking back'));
    window.pty.write('\x1d');
    expect(await window.exited).toBe(0);
  });

  it('is not held back by a window that is suspended', async () => {
    const window = open();
    await waitFor('the composer', () => window.text.includes('› '));
    process.kill(window.pty.pid, 'SIGSTOP');
    for (let count = 0; count < 3; count += 1) {
      expect(await daemon.ask('answer me all the same')).toMatchObject({ state: 'answered' });
    }
    process.kill(window.pty.pid, 'SIGCONT');
    await waitFor('the answer', () => window.text.includes('answer me all the same'));
    window.pty.write('\x1d');
    expect(await window.exited).toBe(0);
  });

  it('needs a terminal', async () => {
    const { status, stderr } = await runCli(daemon.env, 'attach');
    expect(status).toBe(2);
    expect(stderr).toContain('attach needs a terminal');
  });

  it('ends with the daemon', async () => {
    const window = open();
    await waitFor('the composer', () => window.text.includes('› '));
    await daemon.cli('stop');
    expect(await window.exited).toBe(1);
    await waitFor('the last words', () => window.text.includes('The daemon ended.'));
    expect(window.buffer).toBe('normal');
  });
});
