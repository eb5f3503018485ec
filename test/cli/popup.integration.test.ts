import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../../src/loopback/model.ts';
import { NOBODY_SPEAKS, startDaemon, type TestDaemon } from '../support/desktop.ts';
import { startProcess, waitFor } from '../support/process.ts';
import { startXServer, type XServer } from '../support/x-server.ts';

const COMMAND = 'touch /tmp/nobody-approves-this';

/** The real Codex in a real xterm on a real X server. */
describe('the pop-up terminal', () => {
  let x: XServer;
  let daemon: TestDaemon;

  beforeAll(async () => {
    x = await startXServer();
    const env = { ...x.env, LANG: 'C.UTF-8' };
    daemon = await startDaemon(env, {
      config: `${NOBODY_SPEAKS}[reply]\nterminal = "xterm"\npopup = "approval"\nsound = false\n[approvals]\nremind_seconds = 10`,
      codexSettings: 'approval_policy = "on-request"',
      env: { DBUS_SESSION_BUS_ADDRESS: undefined },
      reply: ({ lastUserText }): Reply =>
        lastUserText.includes('run it') && !asked ? ask() : { kind: 'text', chunks: ['All ', 'well.'] },
    });
  });
  afterAll(async () => {
    await daemon?.stop();
    await x?.stop();
  });

  let asked = false;
  function ask(): Reply {
    asked = true;
    return { kind: 'command', command: COMMAND, justification: 'To see a window?' };
  }

  const windows = async (): Promise<string[]> =>
    (await x.xdotool('search', '--onlyvisible', '--class', 'xterm').catch(() => ''))
      .split('\n')
      .filter(Boolean);
  const active = () => x.xdotool('getactivewindow').catch(() => '');

  it('opens in the middle with the keyboard, is raised by the next one who asks, and goes with Ctrl-]', async () => {
    const other = await startProcess(
      'xterm',
      ['-T', 'other', '-geometry', '80x24+0+0', '-e', 'sleep', '600'],
      {
        env: x.env,
      },
    );
    const otherWindow = await x.xdotool('search', '--sync', '--onlyvisible', '--name', '^other$');
    expect((await daemon.cli('attach', '--popup')).status).toBe(0);
    const popup = await x.xdotool('search', '--sync', '--onlyvisible', '--name', 'codex-voice');
    await waitFor('the keyboard', async () => (await active()) === popup);
    const { X, Y, WIDTH, HEIGHT } = Object.fromEntries(
      (await x.xdotool('getwindowgeometry', '--shell', popup)).split('\n').map((line) => line.split('=')),
    ) as Record<'X' | 'Y' | 'WIDTH' | 'HEIGHT', string>;
    expect(Math.abs(Number(X) + Number(WIDTH) / 2 - 640)).toBeLessThan(20);
    expect(Math.abs(Number(Y) + Number(HEIGHT) / 2 - 400)).toBeLessThan(50);
    await waitFor('the title', async () =>
      (await x.xdotool('getwindowname', popup)).endsWith('· codex-voice'),
    );

    for (const hide of ['windowactivate', 'windowminimize']) {
      await x.xdotool(hide, hide === 'windowactivate' ? otherWindow : popup);
      await waitFor('it to be behind', async () => (await active()) !== popup);
      expect((await daemon.cli('attach', '--popup')).status).toBe(0);
      await waitFor('it to be in front', async () => (await active()) === popup);
      expect(await windows()).toHaveLength(2);
    }

    await x.xdotool('key', 'ctrl+bracketright');
    await waitFor('it to go', async () => (await windows()).length === 1);
    await other.stop();
  });

  it('opens when Codex asks, once, and not again while it only waits longer', async () => {
    expect(await windows()).toEqual([]);
    const asking = daemon.cli('ask', 'run it');
    const popup = await waitFor('the window', async () => (await windows())[0]);
    await waitFor('the keyboard', async () => (await active()) === popup);
    // Closed by the person: the reminder (after ten seconds) opens no other one.
    await x.xdotool('windowclose', popup);
    await waitFor('it to go', async () => (await windows()).length === 0);
    await new Promise((resolve) => setTimeout(resolve, 11_000));
    expect(await windows()).toEqual([]);
    await daemon.cli('deny');
    await asking;
  });
});
