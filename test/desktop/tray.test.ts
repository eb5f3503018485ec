import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../../src/loopback/model.ts';
import {
  AFTER_THE_END,
  makeHome,
  type QuietDesktop,
  startDaemon,
  startQuietDesktop,
  type TestDaemon,
  type TestHome,
} from '../support/desktop.ts';
import { type TemporaryFolder, temporaryFolder, waitFor } from '../support/process.ts';
import { RecordedMicrophone } from '../support/recorded-microphone.ts';
import { type KeyLog, openKeyLog } from '../support/x-server.ts';
import { startXfcePanel, type TestXfcePanel, TRAY_COLOURS } from '../support/xfce4-panel.ts';

const done: Reply = { kind: 'text', chunks: ['That is done.'] };

describe('the daemon in the tray of a real panel', () => {
  let desktop: QuietDesktop;
  let microphone: RecordedMicrophone;
  let panel: TestXfcePanel;
  let daemon: TestDaemon;
  let home: TestHome;
  let programs: TemporaryFolder;
  let app: KeyLog;
  let replies: Reply[] = [];
  let env: NodeJS.ProcessEnv;

  const start = () =>
    startDaemon(env, {
      home,
      reply: () => replies.shift() ?? done,
      config: `${AFTER_THE_END}${microphone.settings}[reply]\nspeak = true\n`,
    });

  beforeAll(async () => {
    desktop = await startQuietDesktop();
    panel = await startXfcePanel(desktop.x, desktop.bus);
    home = await makeHome();
    microphone = new RecordedMicrophone(home.path, { quick: false });
    await microphone.hearsNobody();
    programs = await temporaryFolder();
    await mkdir(join(programs.path, 'bin'));
    const opener = `#!/bin/sh\ncp "$1" '${programs.path}/text'\necho "$1" >> '${programs.path}/opened'\n`;
    await writeFile(join(programs.path, 'bin', 'xdg-open'), opener, { mode: 0o755 });
    // In front of the system's own voice; it reads until it is stopped.
    const voice = [
      '#!/bin/sh',
      `[ "$1" = --stop ] && { echo stopped >> '${programs.path}/spoken'; exit 0; }`,
      `cat >> '${programs.path}/spoken'; exec sleep 60`,
    ];
    await writeFile(join(programs.path, 'bin', 'spd-say'), `${voice.join('\n')}\n`, { mode: 0o755 });
    env = { ...desktop.env, PATH: `${programs.path}/bin:${process.env.PATH}` };
    daemon = await start();
    app = await openKeyLog(desktop.x);
  });
  afterAll(async () => {
    await app?.stop();
    await daemon?.stop();
    await panel?.stop();
    await home?.remove();
    await programs?.remove();
    await desktop?.stop();
  });

  const status = () => daemon.status();
  const icon = (name: keyof typeof TRAY_COLOURS) => panel.waitFor(TRAY_COLOURS[name]);
  /** Opens the menu of an icon, and goes through it with the keyboard; words are passed over. */
  const choose = async (name: keyof typeof TRAY_COLOURS, ...keys: string[]) => {
    await panel.openMenu(await icon(name));
    await desktop.x.xdotool('key', '--delay', '200', ...keys);
  };
  const opened = async () => {
    const text = await readFile(join(programs.path, 'opened'), 'utf8').catch(() => '');
    return text.split('\n').filter(Boolean);
  };

  it('listens at a click, and shows it', async () => {
    expect((await status()).tray).toEqual({ backend: 'status-notifier', state: 'shown' });
    await panel.click(await icon('idle'));
    await icon('listening');
    expect((await status()).stage).toBe('listening');
    await choose('listening', 'Down', 'Down', 'Return');
    const [last] = await daemon.waitForEnd(1);
    expect(last?.state).toBe('cancelled');
    await icon('idle');
  });

  it('shows that Codex works, and opens its answer', async () => {
    replies = [{ kind: 'text', chunks: ['The first half, ', 'and the second.'], delayMs: 1_500 }];
    await daemon.begin('say it');
    await icon('working');
    await daemon.waitForEnd(2);
    await choose('idle', 'Up', 'Up', 'Up', 'Right', 'Return');
    await waitFor('the opener', async () => (await opened()).length === 1);
    expect(await readFile(join(programs.path, 'text'), 'utf8')).toBe('The first half, and the second.\n');
    await choose('idle', 'Up', 'Up', 'Return');
    await waitFor('the opener', async () => (await opened()).length === 2);
    expect((await opened())[1]).toBe(home.config);
  });

  it('reads the answer aloud until the next key press', async () => {
    const spoken = () => readFile(join(programs.path, 'spoken'), 'utf8').catch(() => '');
    expect(await spoken()).toBe('The first half, and the second.\n');
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    await waitFor('silence', async () => (await spoken()).endsWith('stopped\n'));
    await icon('listening');
    await desktop.x.xdotool('key', 'Escape');
    await daemon.waitForEnd(3);
  });

  it('shows what Codex asks, and takes the answer', async () => {
    const file = join(home.path, 'm');
    replies = [{ kind: 'command', command: `touch ${file}`, justification: 'To show it' }];
    await daemon.begin('make it');
    await icon('asks');
    // From below: Deny, and above it Approve.
    const entries = ['Quit', 'Settings file', 'Last answers', 'Open the screen', 'Open terminal'];
    const ups = [...entries, 'Stop Codex', 'Pause', 'Listen', 'Deny', 'Approve'].map(() => 'Up');
    await choose('asks', ...ups, 'Return');
    const [last] = await daemon.waitForEnd(4);
    expect(last?.state).toBe('answered');
    expect(existsSync(file)).toBe(true);
    await icon('idle');
  });

  it('is paused from the menu: the key reaches the app, and it stays so until it is wanted again', async () => {
    await choose('idle', 'Down', 'Down', 'Return');
    await icon('paused');
    expect(await status()).toMatchObject({ stage: 'paused', hotkey: { state: 'off' }, idle: true });
    await app.focus();
    await desktop.x.xdotool('key', 'ctrl+alt+space');
    await waitFor('the key in the app', async () => (await app.typed()) !== '');
    const before = (await daemon.history()).length;
    expect((await daemon.cli('toggle')).stdout).toBe('paused\n');
    expect(await daemon.history()).toHaveLength(before);
    await daemon.stop();
    daemon = await start();
    await icon('paused');
    expect((await status()).stage).toBe('paused');
    await choose('paused', 'Down', 'Return');
    await icon('idle');
    await waitFor('the key', async () => (await status()).hotkey.state === 'grabbed');
    expect((await status()).stage).toBe('idle');
  });

  it('ends the daemon with Quit', async () => {
    await choose('idle', 'Up', 'Return');
    expect(await daemon.process.exited).toBe(0);
    await waitFor('the icon to go', async () => (await panel.find(TRAY_COLOURS.idle)) === null);
  });
});
