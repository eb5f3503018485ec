import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SystrayProcess } from '../../src/tray/systray.ts';
import type { TrayEntry, TrayEvent, TrayView } from '../../src/tray/tray.ts';
import { isAlive, type TemporaryFolder, temporaryFolder, waitFor } from '../support/process.ts';

const FAKE = fileURLToPath(new URL('../support/fake-systray.ts', import.meta.url));
const ready: TrayEntry = { type: 'text', label: 'Ready' };
const line: TrayEntry = { type: 'separator' };
const listen: TrayEntry = { type: 'item', label: 'Listen', action: { type: 'key', key: 'toggle' } };
const view = (icon: TrayView['icon'], ...menu: TrayEntry[]): TrayView => ({
  icon,
  tooltip: { title: 'codex-voice', text: 'Ready' },
  menu,
});

/** Lines of systray2's protocol, and the icons they carry as their first bytes. */
interface Heard {
  type?: string;
  icon?: string;
  item?: { __id: number; title: string; hidden: boolean };
  menu?: { icon: string; tooltip: string };
  items?: { __id: number; title: string }[];
}

describe.each([
  { platform: 'darwin', magic: '\x89PNG' },
  { platform: 'win32', magic: '\0\0\x01\0' },
] as const)('the tray of $platform, through an imitation of its program', ({ platform, magic }) => {
  let folder: TemporaryFolder;
  let tray: SystrayProcess;
  let events: TrayEvent[];

  beforeEach(async () => {
    folder = await temporaryFolder();
    events = [];
    tray = new SystrayProcess(view('idle', ready, line, listen), {
      platform,
      env: process.env,
      onEvent: (event) => void events.push(event),
      logger: pino({ level: 'silent' }),
      command: [process.execPath, FAKE, join(folder.path, 'heard'), join(folder.path, 'clicks')],
    });
    await waitFor('the menu', () => heard().length >= 1);
  });
  afterEach(async () => {
    await tray.close();
    await folder.remove();
  });

  const lines = () => {
    const file = join(folder.path, 'heard');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  };
  const pids = () => lines().flatMap((each) => /^started (\d+)/.exec(each)?.[1] ?? []);
  const heard = () => lines().flatMap((each) => (each.startsWith('{') ? [JSON.parse(each) as Heard] : []));
  const click = (what: number | string) => appendFileSync(join(folder.path, 'clicks'), `${what}\n`);
  const magicOf = (icon = '') => Buffer.from(icon, 'base64').toString('latin1').slice(0, 4);

  it('shows icon and menu, tells of clicks, and changes in place what is different', async () => {
    const [menu] = heard();
    expect(magicOf(menu?.icon)).toBe(magic);
    expect(menu?.items?.map(({ title }) => title)).toEqual(['Ready', '<SEPARATOR>', 'Listen']);
    const id = menu?.items?.[2]?.__id ?? 0;
    click('garbage');
    click(id);
    await waitFor('the click', () => events.length > 0);
    expect(events).toEqual([{ type: 'click', action: { type: 'key', key: 'toggle' } }]);
    tray.show(
      view('listening', line, { type: 'item', label: 'Stop', action: { type: 'key', key: 'cancel' } }),
    );
    await waitFor('the changes', () => heard().length >= 4);
    const [hidden, renamed, icon] = heard().slice(1);
    expect([hidden?.item?.hidden, renamed?.item?.title]).toEqual([true, 'Stop']);
    expect([icon?.type, magicOf(icon?.menu?.icon)]).toEqual(['update-menu', magic]);
    click(id);
    await waitFor('the click', () => events.length > 1);
    expect(events[1]).toEqual({ type: 'click', action: { type: 'key', key: 'cancel' } });
    expect(pids()).toHaveLength(1);
  });

  it('shows no more of a tooltip than the program has room for', async () => {
    const text = `Something is wrong\n${'word '.repeat(40)}`;
    tray.show({ ...view('error', ready, line, listen), tooltip: { title: 'codex-voice', text } });
    const change = await waitFor('the change', () => heard().find(({ type }) => type === 'update-menu'));
    expect(change.menu?.tooltip).toMatch(/^codex-voice\nSomething is wrong\nword /);
    if (platform === 'win32') expect(change.menu?.tooltip.length).toBeLessThanOrEqual(63);
    else expect(change.menu?.tooltip).toBe(`codex-voice\n${text}`);
  });

  it('begins anew for a menu that does not fit, and after a crash; and ends with the daemon', async () => {
    tray.show(view('asks', ready, ready, line, listen));
    await waitFor('the second', () => pids().length === 2 && heard().at(-1)?.items?.length === 4);
    process.kill(Number(pids()[1]), 'SIGKILL');
    await waitFor('the third', () => pids().length === 3 && tray.state.state === 'shown');
    await waitFor('its menu', () => heard().filter(({ items }) => items?.length === 4).length === 2);
    await tray.close();
    expect(heard().at(-1)).toEqual({ type: 'exit' });
    for (const pid of pids()) expect(await isAlive(Number(pid))).toBe(false);
    expect(tray.state.state).toBe('off');
  });
});

it('ends a program that is not ready yet', async () => {
  await using folder = await temporaryFolder();
  const heard = join(folder.path, 'heard');
  const tray = new SystrayProcess(view('idle', ready), {
    platform: 'darwin',
    env: process.env,
    onEvent: () => undefined,
    logger: pino({ level: 'silent' }),
    command: [process.execPath, FAKE, heard, join(folder.path, 'clicks')],
  });
  await tray.close();
  expect(tray.state.state).toBe('off');
  const [, pid] = /^started (\d+)/.exec(existsSync(heard) ? readFileSync(heard, 'utf8') : '') ?? [];
  expect(pid !== undefined && (await isAlive(Number(pid)))).toBe(false);
});

it('is silent where its program cannot be started', async () => {
  const log: string[] = [];
  const tray = new SystrayProcess(view('idle', ready), {
    platform: 'darwin',
    env: process.env,
    onEvent: () => undefined,
    logger: pino({ level: 'info' }, { write: (text: string) => void log.push(text) }),
    command: ['/nonexistent/tray'],
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(tray.state.state).toBe('waiting');
  await tray.close();
  expect(log).toEqual([]);
});
