import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { frameOf } from '../../src/terminal/frame.ts';
import { hiddenStateOf } from '../../src/terminal/internals.ts';
import { AttachedWindow, newScreen, type WindowOptions } from '../support/attached-window.ts';
import { STYLES } from '../support/hidden-program.ts';
import {
  run,
  startProcess,
  type TemporaryFolder,
  type TestProcess,
  temporaryFolder,
  waitFor,
} from '../support/process.ts';

const DAEMON = fileURLToPath(new URL('../support/terminal-daemon.ts', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../support/hidden-program.ts', import.meta.url));
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Modes of a terminal that nothing has touched. */
const UNTOUCHED = {
  bracketedPasteMode: false,
  applicationCursorKeysMode: false,
  mouseTrackingMode: 'none',
  sendFocusMode: false,
  wraparoundMode: true,
};

describe('the attached view of any program', () => {
  let folder: TemporaryFolder;
  let env: NodeJS.ProcessEnv;
  let daemon: TestProcess;
  const windows: AttachedWindow[] = [];

  beforeEach(async () => {
    folder = await temporaryFolder();
    env = { PATH: process.env.PATH, HOME: folder.path, XDG_RUNTIME_DIR: folder.path, LANG: 'C.UTF-8' };
    const { NODE_COMPILE_CACHE } = process.env;
    if (NODE_COMPILE_CACHE) Object.assign(env, { NODE_COMPILE_CACHE });
  });
  afterEach(async () => {
    for (const { pty } of windows.splice(0)) pty.kill('SIGKILL');
    await daemon.stop();
    await folder.remove();
  });

  async function show(...program: string[]): Promise<void> {
    daemon = await startProcess(
      process.execPath,
      [DAEMON, folder.path, process.execPath, PROGRAM, ...program],
      { env },
    );
    await waitFor('the daemon', () => daemon.stdout().includes('ready'));
  }

  function open(options?: WindowOptions): AttachedWindow {
    const window = new AttachedWindow(env, options);
    windows.push(window);
    return window;
  }

  async function expectUntouched(window: AttachedWindow): Promise<void> {
    // What was written last may be parsed after the exit.
    await waitFor('the screen of before', () => window.buffer === 'normal' && window.modes.keyboard === 0);
    expect(window.screen.modes).toMatchObject(UNTOUCHED);
    expect(hiddenStateOf(window.screen)).toEqual({ cursorHidden: false, cursorShape: 0, sgrMouse: false });
  }

  it('shows its styles, modes and title exactly, passes on all that is typed, and gives the terminal back', async () => {
    await show('modes');
    const window = open();
    await waitFor('the screen', () => window.text.includes('end'));
    const meant = newScreen(90, 29);
    await new Promise<void>((resolve) => meant.write(STYLES.join('\r\n'), resolve));
    expect(window.painted.slice(0, 3)).toEqual(frameOf(meant).rows.slice(0, 3));
    expect(window.screen.modes).toMatchObject({
      bracketedPasteMode: true,
      applicationCursorKeysMode: true,
      mouseTrackingMode: 'drag',
      sendFocusMode: true,
    });
    expect(window.modes).toMatchObject({ keyboard: 1, title: 'a title · codex-voice' });
    expect(hiddenStateOf(window.screen)).toEqual({ cursorHidden: false, cursorShape: 5, sgrMouse: true });

    const typed = [
      '\x1b[<0;3;4M',
      '\x1b[I',
      '\x1bOA',
      '\x1b[200~pa\x1dste\x1b[201~',
      '日🙂',
      '\x1b[99;5u',
      '\x1b',
    ];
    for (const keys of typed) window.pty.write(keys);
    const received = JSON.stringify(typed.join(''));
    await waitFor('what was typed', () => window.text.includes(received));
    // The mouse on our own row is none of its business.
    window.pty.write('reset\x1b[<0;3;30Mafter');
    await waitFor('the rest', () => window.text.includes('"after"'));
    window.pty.write('bell');
    await waitFor(
      'the bell and what was copied',
      () => window.bells > 0 && window.raw.includes('\x1b]52;c;aGVsbG8='),
    );

    window.pty.write('\x1d');
    expect(await window.exited).toEqual({ exitCode: 0, signal: 0 });
    await expectUntouched(window);
  });

  it('makes a light terminal dark for the time, and light again', async () => {
    await show('modes');
    const light = open({ colours: { foreground: 'rgb:1111/2222/3333', background: 'rgb:ffff/ffff/eeee' } });
    await waitFor('the screen', () => light.text.includes('end'));
    expect(light.raw).toContain('\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\');
    light.pty.write('\x1d');
    await light.exited;
    const [, last = ''] = light.raw.split('\x1b[?1049l');
    expect(last).toContain('\x1b]10;rgb:1111/2222/3333\x1b\\\x1b]11;rgb:ffff/ffff/eeee\x1b\\');
    const dark = open({ colours: { foreground: 'rgb:ffff/ffff/ffff', background: 'rgb:0000/2b2b/3636' } });
    await waitFor('the screen', () => dark.text.includes('end'));
    expect(dark.raw.split('\x1b[c')[1]).not.toContain('\x1b]11;');
  });

  it('gives the terminal back on signals, and while it is stopped', async () => {
    await show('modes');
    for (const [signal, status] of [
      ['SIGTERM', 143],
      ['SIGHUP', 129],
      ['SIGINT', 130],
    ] as const) {
      const window = open();
      await waitFor('the screen', () => window.text.includes('end'));
      process.kill(window.pty.pid, signal);
      expect(await window.exited).toEqual({ exitCode: status, signal: 0 });
      await expectUntouched(window);
    }
    const window = open();
    await waitFor('the screen', () => window.text.includes('end'));
    process.kill(window.pty.pid, 'SIGTSTP');
    await waitFor('the terminal to be given back', () => window.buffer === 'normal');
    await waitFor('the stop', async () =>
      (await run('ps', ['-o', 'state=', '-p', `${window.pty.pid}`])).startsWith('T'),
    );
    await expectUntouched(window);
    process.kill(window.pty.pid, 'SIGCONT');
    await waitFor('the screen again', () => window.buffer === 'alternate' && window.text.includes('end'));
    expect(window.screen.modes).toMatchObject({ mouseTrackingMode: 'drag', bracketedPasteMode: true });
    window.pty.write('x');
    await waitFor('the key', () => window.text.includes('"x"'));
  });

  it('leaves a shell in tmux usable when the daemon is killed', async () => {
    await show('modes');
    const tmux = (...args: string[]) =>
      run('tmux', ['-S', `${folder.path}/tmux`, '-f', '/dev/null', ...args], { env });
    await tmux('new-session', '-d', '-x', '80', '-y', '24', 'env PS1=shell: sh');
    try {
      const pane = () => tmux('capture-pane', '-p');
      await tmux('send-keys', `${process.execPath} ${MAIN} attach`, 'Enter');
      await waitFor('the screen', async () => (await pane()).includes('Ctrl-] detaches'));
      expect(await tmux('capture-pane', '-p', '-e')).toMatch(/38;5;208m.*orange/);
      daemon.kill('SIGKILL');
      await waitFor('the last words', async () => (await pane()).includes('The daemon ended.'));
      await tmux('send-keys', 'stty -a; echo $((6 * 7)) is the answer', 'Enter');
      const after = await waitFor('the shell', async () => {
        const text = await pane();
        return text.includes('42 is the answer') && text;
      });
      expect(after).toMatch(/[^-]icanon/);
      expect(after).toMatch(/[^-]echo\b/);
      const flags = '#{alternate_on}#{mouse_any_flag}#{cursor_flag}#{keypad_cursor_flag}';
      expect((await tmux('display-message', '-p', flags)).trim()).toBe('0010');
    } finally {
      await tmux('kill-server');
    }
  });

  it('keeps up with 2,000 coloured lines a second, with a suspended window, in the memory it had', async () => {
    await show('lines', '2000');
    const [window, suspended] = [open(), open()];
    await waitFor('the lines', () => window.text.includes('colour') && suspended.text.includes('colour'));
    process.kill(suspended.pty.pid, 'SIGSTOP');
    const newest = () =>
      Math.max(0, ...[...window.text.matchAll(/line (\d+) /g)].map(([, count]) => Number(count)));
    await waitFor('two thousand of them', () => newest() > 2_000);
    const before = await rss(daemon.pid);
    const from = newest();
    await waitFor('six thousand more', () => newest() > from + 6_000, { timeout: 120_000 });
    expect((await rss(daemon.pid)) - before).toBeLessThan(40);
    const behind = suspended.raw.length;
    process.kill(suspended.pty.pid, 'SIGCONT');
    await waitFor('the newest', () => /line (\d+) /.test(suspended.text) && suspended.raw.length > behind);
    // A few frames, not all that it has missed.
    expect(suspended.raw.length - behind).toBeLessThan(1_000_000);
    window.pty.write('\x1d');
    expect((await window.exited).exitCode).toBe(0);
  });

  it('is as small as the smallest window, and says so in the others', async () => {
    await show('modes');
    const large = open({ columns: 120, rows: 40 });
    await waitFor('the screen', () => large.text.includes('end'));
    const small = open({ columns: 60, rows: 16 });
    await waitFor('the status line', () => large.rows.at(-1)?.includes('60×15'));
    await waitFor('its own', () => small.rows.at(-1)?.includes('Ctrl-] detaches'));
    small.pty.write('\x1d');
    await small.exited;
    await waitFor('its own size', () => !large.rows.at(-1)?.includes('60×15'));
    large.resize(100, 30);
    await waitFor('the status line in the last row', () => large.rows[29]?.includes('Ctrl-] detaches'));
  });
});

/** Resident memory, MB. */
async function rss(pid: number): Promise<number> {
  return Number(await run('ps', ['-o', 'rss=', '-p', String(pid)])) / 1_024;
}
