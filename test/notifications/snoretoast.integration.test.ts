import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CommandNotifier } from '../../src/notifications/command-notifier.ts';
import { FallbackNotifier } from '../../src/notifications/fallback-notifier.ts';
import type { Bubble, Notifier, NotifierEvent } from '../../src/notifications/notification.ts';
import { BalloonNotifier } from '../../src/notifications/windows/balloon.ts';
import { SnoreToast } from '../../src/notifications/windows/snoretoast.ts';
import { removeStaleEntry } from '../../src/notifications/windows/snoretoast-entry.ts';
import { type FakeNotifierProgram, fakeSnoreToast } from '../support/fake-notifiers.ts';
import { fakePrograms } from '../support/fake-programs.ts';
import { waitFor } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { FakeBalloonIcon } from './fake-balloon-icon.ts';

const logger = pino({ level: 'silent' });
const bubble = (over: Partial<Bubble> = {}): Bubble => ({
  title: 'backend',
  body: 'run the tests',
  urgency: 'normal',
  actions: {},
  ...over,
});

let folder: string;
let program: FakeNotifierProgram;
let notifier: Notifier;
let events: NotifierEvent[];
const balloons = new FakeBalloonIcon();

function follow(opened: Notifier): Notifier {
  events = [];
  void (async () => {
    for await (const event of opened.events) events.push(event);
  })();
  return opened;
}

const driver = (): SnoreToast => new SnoreToast({ program: () => program.path, pipe: join(folder, 'pipe') });
const argument = (args: readonly string[], name: string) => args[args.indexOf(name) + 1];

beforeEach(async () => {
  folder = temporaryFolder();
  program = await fakeSnoreToast(folder);
  balloons.shown.length = 0;
  notifier = follow(
    new FallbackNotifier({
      first: (giveUp) => new CommandNotifier(driver(), logger, giveUp),
      second: (because) => new BalloonNotifier({ open: (hear) => balloons.open(hear), because, logger }),
      logger,
    }),
  );
});
afterEach(() => notifier.close());

it('gives up a program that crashes at its start, and shows balloons instead', async () => {
  writeFileSync(join(folder, 'crashes'), '');
  await notifier.show('a', bubble({ title: 'first' }));
  await waitFor('the first failure', () => notifier.state.reason);
  await notifier.show('b', bubble({ title: 'second' }));
  await waitFor('the balloon', () => balloons.shown[0]);
  expect(notifier.state).toMatchObject({ backend: 'balloon', capabilities: ['body'] });
  expect(notifier.state.server).toMatch(/^balloons, because SnoreToast ended with /);
  expect(notifier.state.reason).toBeUndefined();
  expect(await notifier.show('c', bubble({ title: 'third' }))).toBe(true);
  expect(balloons.shown.map(({ title }) => title)).toEqual(['second', 'third']);
  // Two toasts; the program is not started for any other.
  expect((await program.calls()).filter((args) => args.includes('-t'))).toHaveLength(2);
  balloons.does('click');
  expect(await waitFor('its end', () => events[1])).toEqual({
    type: 'closed',
    bubble: 'c',
    reason: 'dismissed',
  });
});

it('stays with a program that fails once', async () => {
  writeFileSync(join(folder, 'crashes'), '');
  await notifier.show('a', bubble());
  await waitFor('the failure', () => notifier.state.reason);
  rmSync(join(folder, 'crashes'));
  for (const number of [2, 3, 4]) {
    await notifier.show(`toast ${number}`, bubble({ actions: { full: 'Full answer' } }));
    await program.call(number);
    await program.person(number, 'press:Full answer');
    await waitFor('the button', () => events[number - 2]);
  }
  expect(notifier.state).toEqual({
    backend: 'snoretoast',
    capabilities: ['actions', 'body', 'inline-reply'],
  });
  expect(balloons.shown).toEqual([]);
});

it('respects that the user has turned notifications off', { timeout: 20_000 }, async () => {
  writeFileSync(join(folder, 'turned-off'), '');
  for (const name of ['a', 'b', 'c']) await notifier.show(name, bubble({ actions: { full: 'Full answer' } }));
  expect(await waitFor('the reason', () => notifier.state.reason)).toMatch(/turned off in Windows/);
  expect(notifier.state.backend).toBe('snoretoast');
  expect(balloons.shown).toEqual([]);
});

it('does not wait for a program that hangs while it removes a toast', { timeout: 30_000 }, async () => {
  writeFileSync(join(folder, 'hangs'), '');
  await notifier.show('a', bubble({ actions: { full: 'Full answer' } }));
  await program.call(1);
  await notifier.dismiss('a');
  expect(await program.call(2)).toContain('-close');
});

it('never sends the word that makes SnoreToast a server', async () => {
  await notifier.show(
    'a',
    bubble({ title: 'x -Embedding', body: '-Embedding y', actions: { ok: 'a -Embedding' } }),
  );
  const args = await program.call(1);
  expect(args.join(' ')).not.toContain('-Embedding');
  expect(argument(args, '-m')).toBe('\u2011Embedding y');
  await program.person(1, 'press:a \u2011Embedding');
  await waitFor('the button', () => events[0]);
  expect(events[0]).toEqual({ type: 'action', bubble: 'a', key: 'ok' });
});

it('keeps a toast below the limits of Windows', async () => {
  const actions = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((key) => [key, key.repeat(200)]));
  const content = bubble({ title: '猫'.repeat(5_000), body: '<&>'.repeat(5_000), actions, reply: 'Reply' });
  await notifier.show('a', content);
  const args = await program.call(1);
  const labels = argument(args, '-b')?.split(';') ?? [];
  expect(labels).toHaveLength(5);
  expect(labels[4]).toBe('Reply');
  const xml = args.join('').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  // What its other elements take, and the arguments of its buttons.
  expect(Buffer.byteLength(xml) + 5 * 250).toBeLessThan(5_000);
  await program.person(1, 'press:Reply');
  expect(await program.call(2)).toContain('-tb');
  await program.person(2, 'type:yes');
  await waitFor('the reply', () => events[0]);
  expect(events[0]).toEqual({ type: 'reply', bubble: 'a', text: 'yes' });
});

it('removes the entry of a version whose program is gone, and only that', async () => {
  await using programs = await fakePrograms({});
  const APPDATA = join(folder, 'Roaming');
  const menu = join(APPDATA, 'Microsoft', 'Windows', 'Start Menu', 'Programs');
  mkdirSync(menu, { recursive: true });
  const entry = join(menu, 'codex-voice.lnk');
  writeFileSync(entry, '');
  const env = { ...programs.env, APPDATA };
  const registered = 'C:\\Users\\J?rg\\snoretoast-x64.exe';
  await programs.set(
    'reg',
    `printf '%s\\r\\n' 'HKEY_CURRENT_USER' '    (Standard)    REG_SZ    ${registered}'`,
  );
  await removeStaleEntry('C:\\Users\\Jörg\\SnoreToast-x64.exe', 'codex-voice', env);
  expect(existsSync(entry)).toBe(true);
  await removeStaleEntry('C:\\Users\\Jörg\\new\\SnoreToast-x64.exe', 'codex-voice', env);
  expect(existsSync(entry)).toBe(false);
});
