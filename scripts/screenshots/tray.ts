import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { StatusNotifierTray } from '../../src/tray/status-notifier.ts';
import { type TrayFacts, trayView } from '../../src/tray/view.ts';
import { run, temporaryFolder } from '../../test/support/process.ts';
import { pendingRequest } from '../../test/support/request.ts';
import { startSessionBus } from '../../test/support/session-bus.ts';
import { startXServer } from '../../test/support/x-server.ts';
import { startXfcePanel, TRAY_COLOURS } from '../../test/support/xfce4-panel.ts';
import { imagePath } from './stage.ts';

const WIDTH = 470;
const HEIGHT = 440;

const ready: TrayFacts = {
  stage: 'idle',
  key: 'Ctrl+Alt+Space',
  projects: [
    { name: 'backend', current: true, chosen: false, session: 'idle' },
    { name: 'web app', current: false, chosen: false, session: 'idle' },
  ],
  pending: [],
  queued: 0,
  answers: [
    'Why is the login slow?',
    'Run the tests and fix what fails',
    'Which module owns the session?',
  ].map((prompt, index) => ({ id: `${index}`, prompt, transcript: prompt })),
  trouble: null,
};
const working = ready.projects.map((project) => ({ ...project, session: 'working' as const }));
const request = pendingRequest({
  id: 'r1',
  title: 'Codex wants to run a command',
  detail: 'npm install --save-dev vitest',
  folder: '/home/ada/src/backend',
  dangers: ['needs the network'],
});
const trouble = {
  code: 'hotkey-taken',
  message: 'Ctrl+Alt+Space is taken by another program.',
  hint: 'Choose another key: listen under [hotkey] in config.toml.',
} as const;

/** What is shown, and how the menu is gone through. */
const SHOTS: [facts: TrayFacts, keys: string[]][] = [
  [ready, ['Down']],
  [{ ...ready, stage: 'listening' }, ['Down']],
  [{ ...ready, projects: working }, ['Up', 'Up', 'Up', 'Right']],
  [
    { ...ready, pending: [{ ...request, project: 'backend' }], projects: working },
    ['Down', 'Down', 'Down', 'Down', 'Down'],
  ],
  [{ ...ready, trouble, key: null }, ['Down']],
  [{ ...ready, stage: 'paused', key: null }, ['Down']],
];

/** The icon and its menu in each state, in the real xfce4-panel with a dark and a light theme. */
export async function tray(): Promise<void> {
  const image = imagePath('tray');
  await using folder = await temporaryFolder();
  const logger = pino({ level: 'silent' });
  for (const theme of ['dark', 'light'] as const) {
    await using x = await startXServer();
    await using bus = await startSessionBus();
    await using panel = await startXfcePanel(x, bus, theme === 'dark');
    await run('xsetroot', ['-solid', theme === 'dark' ? '#2b3040' : '#c9d3e0'], { env: x.env });
    const item = new StatusNotifierTray(trayView(ready), {
      env: bus.env,
      onEvent: () => undefined,
      trusts: () => true,
      logger,
    });
    for (const [index, [facts, keys]] of SHOTS.entries()) {
      const view = trayView(facts);
      item.show(view);
      await panel.openMenu(await panel.waitFor(TRAY_COLOURS[view.icon]));
      await x.xdotool('key', '--delay', '80', ...keys);
      await sleep(400); // the last entry is drawn
      const shot = join(folder.path, `${theme}-${index}.png`);
      await x.screenshot(shot);
      await run('convert', [shot, '-crop', `${WIDTH}x${HEIGHT}+0+0`, '+repage', shot]);
      await x.xdotool('key', 'Escape', 'Escape');
      await sleep(200);
    }
    await item.close();
  }
  const shots = (theme: string): string[] =>
    SHOTS.map((_shot, index) => join(folder.path, `${theme}-${index}.png`));
  await run('montage', [
    ...shots('dark'),
    ...shots('light'),
    '-tile',
    '3x',
    '-geometry',
    '+4+4',
    '-background',
    '#777',
    image,
  ]);
  await run('convert', [image, '-colors', '128', image]);
  process.stdout.write(`${image}\n`);
}
