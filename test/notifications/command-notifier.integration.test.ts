import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { openNotifier, vendorProgram } from '../../src/notifications/choose-notifier.ts';
import { CommandNotifier } from '../../src/notifications/command-notifier.ts';
import { FallbackNotifier } from '../../src/notifications/fallback-notifier.ts';
import { FreedesktopNotifier } from '../../src/notifications/freedesktop.ts';
import { TerminalNotifier } from '../../src/notifications/macos/terminal-notifier.ts';
import type { Bubble, NotifierEvent } from '../../src/notifications/notification.ts';
import { SnoreToast } from '../../src/notifications/windows/snoretoast.ts';
import { type FakeNotifierProgram, fakeSnoreToast, fakeTerminalNotifier } from '../support/fake-notifiers.ts';
import { waitFor } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const logger = pino({ level: 'silent' });
const BUTTONS = { send: 'Send', edit: 'Edit, then send', cancel: 'Cancel' };
const bubble = (over: Partial<Bubble> = {}): Bubble => ({
  title: 'backend',
  body: 'run the tests',
  urgency: 'normal',
  actions: {},
  ...over,
});

/** Collects what the notifier tells. */
function eventsOf(notifier: CommandNotifier): NotifierEvent[] {
  const events: NotifierEvent[] = [];
  void (async () => {
    for await (const event of notifier.events) events.push(event);
  })();
  return events;
}

test.each([
  ['linux', FreedesktopNotifier],
  ['darwin', CommandNotifier],
  ['win32', FallbackNotifier],
] as const)('which notifier %s has', async (platform, driver) => {
  const notifier = await openNotifier({ logger, env: {}, trusts: () => true, platform });
  expect(notifier).toBeInstanceOf(driver);
  await notifier.close();
});

test('the programs are where node-notifier has them', () => {
  expect(statSync(vendorProgram('darwin')).mode & 0o111).not.toBe(0);
  expect(existsSync(vendorProgram('win32'))).toBe(true);
});

describe.each(['terminal-notifier', 'snoretoast'] as const)('%s', (backend) => {
  let folder: string;
  let program: FakeNotifierProgram;
  let notifier: CommandNotifier;
  let events: NotifierEvent[];
  const mac = backend === 'terminal-notifier';

  beforeEach(async () => {
    folder = temporaryFolder();
    program = await (mac ? fakeTerminalNotifier(folder) : fakeSnoreToast(folder));
    const path = (): string => program.path;
    const driver = mac
      ? new TerminalNotifier(path)
      : new SnoreToast({ program: path, pipe: join(folder, 'pipe') });
    notifier = new CommandNotifier(driver, logger);
    events = eventsOf(notifier);
  });
  afterEach(() => notifier.close());

  const event = (count: number) => waitFor(`event ${count}`, () => events[count - 1]);
  const argument = (args: readonly string[], name: string) => args[args.indexOf(name) + 1];

  it('shows title and body as they are, whatever is in them; nothing goes through a shell', async () => {
    const title = '(a, "b") {c} \\ $HOME `id`';
    const body = '-remove ALL\n<tag> "quoted" $(touch x) \x1b[2J 猫 👩‍👩‍👧';
    expect(await notifier.show('utterance:1', bubble({ title, body, timeout: 0 }))).toBe(true);
    const args = await program.call(1);
    expect(argument(args, mac ? '-title' : '-t')).toBe(title);
    expect(argument(args, mac ? '-message' : '-m')).toBe('-remove ALL\n<tag> "quoted" $(touch x)  猫 👩‍👩‍👧');
  });

  it('has buttons, and tells which was pressed', async () => {
    await notifier.show('utterance:1', bubble({ actions: BUTTONS }));
    const args = await program.call(1);
    expect(argument(args, mac ? '-actions' : '-b')).toBe(
      mac ? 'Send,Edit; then send,Cancel' : 'Send;Edit, then send;Cancel',
    );
    await program.person(1, mac ? 'press:Edit; then send' : 'press:Edit, then send');
    expect(await event(1)).toEqual({ type: 'action', bubble: 'utterance:1', key: 'edit' });
  });

  it('has one button alone', async () => {
    await notifier.show('notice', bubble({ actions: { again: 'Send again' } }));
    await program.call(1);
    await program.person(1, 'press:Send again');
    expect(await event(1)).toEqual({ type: 'action', bubble: 'notice', key: 'again' });
  });

  it('takes a text: at once where there are no buttons, behind a button where there are', async () => {
    await notifier.show('request:1', bubble({ reply: 'Answer' }));
    await program.call(1);
    const text = 'on Monday; at 9=nine: "sharp"\nnot later';
    await program.person(1, `type:${text}`);
    expect(await event(1)).toEqual({ type: 'reply', bubble: 'request:1', text });
    await notifier.show('request:2', bubble({ actions: { deny: 'Deny' }, reply: 'Answer' }));
    await program.call(2);
    await program.person(2, 'press:Answer');
    const field = await program.call(3);
    expect(field).toContain(mac ? '-reply' : '-tb');
    await program.person(3, 'type:no');
    expect(await event(2)).toEqual({ type: 'reply', bubble: 'request:2', text: 'no' });
  });

  it('tells a click on itself, and how it was closed', async () => {
    await notifier.show('a', bubble({ actions: { default: 'Full answer', full: 'Full answer' } }));
    await program.call(1);
    await program.person(1, 'click');
    expect(await event(1)).toEqual({ type: 'action', bubble: 'a', key: 'default' });
    await notifier.show('b', bubble({ actions: { full: 'Full answer' } }));
    await program.call(2);
    await program.person(2, mac ? 'close' : 'dismiss');
    expect(await event(2)).toEqual({ type: 'closed', bubble: 'b', reason: 'dismissed' });
    await notifier.show('c', bubble({ timeout: 1_000 }));
    await program.call(3);
    if (!mac) await program.person(3, 'timeout');
    expect(await event(3)).toEqual({ type: 'closed', bubble: 'c', reason: 'expired' });
  });

  it('replaces what it showed, and floods nobody with what passes', async () => {
    await notifier.show('utterance:1', bubble({ actions: BUTTONS }));
    await program.call(1);
    for (const left of [3, 2, 1]) {
      expect(
        await notifier.show(
          'utterance:1',
          bubble({ title: `in ${left} s`, actions: BUTTONS, passing: true }),
        ),
      ).toBe(true);
    }
    await notifier.show('utterance:1', bubble({ title: 'the answer', actions: { full: 'Full answer' } }));
    const args = await program.call(2);
    expect(argument(args, mac ? '-title' : '-t')).toBe('the answer');
    const [first] = await program.calls();
    const name = mac ? '-group' : '-id';
    expect(argument(args, name)).toBe(argument(first ?? [], name));
    // Nobody waits for the one before.
    await program.person(2, 'press:Full answer');
    expect(await event(1)).toEqual({ type: 'action', bubble: 'utterance:1', key: 'full' });
    expect(await program.calls()).toHaveLength(2);
  });

  it('is taken off the screen', async () => {
    await notifier.show('utterance:1', bubble({ actions: BUTTONS }));
    const shown = await program.call(1);
    await notifier.dismiss('utterance:1');
    const removed = await program.call(2);
    expect(removed).toEqual(
      mac ? ['-remove', 'codex-voice:utterance:1'] : ['-close', argument(shown, '-id')],
    );
    expect(events).toEqual([]);
    await notifier.dismiss('nobody');
    expect(await program.calls()).toHaveLength(2);
  });

  it('says why it shows nothing, and that it does again', async () => {
    writeFileSync(join(folder, 'fails'), '');
    await waitFor('a failure', async () => {
      await notifier.show('a', bubble({ actions: BUTTONS }));
      return notifier.state.reason;
    });
    expect(notifier.state.reason).toMatch(mac ? /Unable to post/ : /disabled/);
    program = { ...program, path: join(folder, 'nowhere') };
    expect(await notifier.show('b', bubble())).toBe(false);
    expect(notifier.state.reason).toMatch(/there is no /);
  });

  it('waits for so many and no more', async () => {
    const names = Array.from({ length: 18 }, (_, index) => `utterance:${index}`);
    await Promise.all(names.map((name) => notifier.show(name, bubble({ actions: { full: 'Full answer' } }))));
    expect(events).toEqual([
      { type: 'closed', bubble: 'utterance:0', reason: 'lost' },
      { type: 'closed', bubble: 'utterance:1', reason: 'lost' },
    ]);
  });
});

test('SnoreToast: a button pressed in the Action Center still works', async () => {
  const folder = temporaryFolder();
  const program = await fakeSnoreToast(folder);
  const application = '/codex-voice.exe';
  const driver = new SnoreToast({ program: () => program.path, pipe: join(folder, 'pipe'), application });
  const notifier = new CommandNotifier(driver, logger);
  const events = eventsOf(notifier);
  await notifier.show('a', bubble({ actions: { full: 'Full answer' } }));
  expect(await program.call(1)).toEqual(['-install', 'codex-voice', application, 'codex-voice']);
  expect(await program.call(2)).toEqual(expect.arrayContaining(['-appID', 'codex-voice']));
  await program.person(2, 'later:Full answer');
  await waitFor('the button', () => events[0]);
  expect(events).toEqual([{ type: 'action', bubble: 'a', key: 'full' }]);
  await notifier.close();
});
