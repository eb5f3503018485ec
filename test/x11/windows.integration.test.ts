import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { XWindows } from '../../src/x11/windows.ts';
import { startProcess, type TestProcess, waitFor } from '../support/process.ts';
import { startXServer, type XServer } from '../support/x-server.ts';

const logger = pino({ level: 'silent' });

describe('windows of X11', () => {
  let x: XServer;
  const terminals: TestProcess[] = [];
  afterEach(async () => {
    for (const terminal of terminals.splice(0)) await terminal.stop();
    await x.stop();
  });

  async function xterm(title: string, place: string): Promise<{ id: number; pid: number }> {
    const terminal = await startProcess(
      'xterm',
      ['-T', title, '-geometry', `40x10${place}`, '-e', 'sleep', '600'],
      {
        env: x.env,
      },
    );
    terminals.push(terminal);
    const id = Number(await x.xdotool('search', '--sync', '--onlyvisible', '--name', `^${title}$`));
    return { id, pid: terminal.pid };
  }

  it('are found by each sign, the new one when it comes, and come to the middle and the front', async () => {
    x = await startXServer();
    using windows = await XWindows.open(x.env, logger, AbortSignal.timeout(20_000));
    const first = await xterm('first', '+0+0');
    await waitFor('the window manager', async () => (await windows.all()).includes(first.id));
    const coming = windows.next({ title: 'sec' }, new Set(await windows.all()));
    const second = await xterm('second', '+50+50');
    expect(await coming).toBe(second.id);
    // It can be seen before the window manager counts it.
    await waitFor('the second in the list', async () => (await windows.all()).includes(second.id));
    expect(await windows.find({ id: first.id })).toBe(first.id);
    expect(await windows.find({ pids: [first.pid] })).toBe(first.id);
    expect(await windows.find({ class: 'XTerm' })).toBe(second.id);
    expect(await windows.find({ class: 'XTerm' }, new Set([second.id]))).toBe(first.id);
    expect(await windows.find({ id: 12, title: 'nobody', class: 'none', pids: [1] })).toBeNull();

    await windows.centre(first.id);
    await windows.raise(first.id);
    await waitFor(
      'the keyboard',
      async () => (await x.xdotool('getactivewindow').catch(() => '')) === String(first.id),
    );
    const place = await x.xdotool('getwindowgeometry', '--shell', String(first.id));
    const [left, top] = [/^X=(\d+)$/m, /^Y=(\d+)$/m].map((line) => Number(line.exec(place)?.[1]));
    // 40x10 characters of 6x13 dots, on 1280x800.
    expect(left).toBeGreaterThan(500);
    expect(left).toBeLessThan(540);
    expect(top).toBeGreaterThan(310);
    expect(top).toBeLessThan(380);
  });

  it('come to the front without a window manager too', async () => {
    x = await startXServer({ windowManager: false });
    const first = await xterm('first', '+0+0');
    await xterm('second', '+20+20');
    using windows = await XWindows.open(x.env, logger, AbortSignal.timeout(20_000));
    expect(await windows.find({ id: 12 })).toBeNull();
    expect(await windows.find({ id: first.id })).toBe(first.id);
    await windows.raise(first.id);
    expect(Number(await x.xdotool('getwindowfocus', '-f'))).toBe(first.id);
    await windows.centre(first.id);
    expect(await x.xdotool('getwindowgeometry', String(first.id))).toMatch(/Position: 5\d\d,3\d\d/);
  });
});
