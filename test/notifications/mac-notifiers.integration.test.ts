import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { openFirst } from '../../src/drivers.ts';
import { openNotifier } from '../../src/notifications/choose-notifier.ts';
import { CommandNotifier } from '../../src/notifications/command-notifier.ts';
import { macNotifiers } from '../../src/notifications/macos/notifiers.ts';
import { OsaScript } from '../../src/notifications/macos/osascript.ts';
import type { Bubble, NotifierEvent } from '../../src/notifications/notification.ts';
import { waitFor } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const logger = pino({ level: 'silent' });
const bubble = (over: Partial<Bubble> = {}): Bubble => ({
  title: '-title',
  body: '{a} "b" $(touch x)\x1b[2J\n-second line',
  urgency: 'normal',
  actions: {},
  ...over,
});

/** A program that keeps its arguments, one call a line, and prints what the user does with the notification. */
async function program(
  name: string,
  printed: object | null,
): Promise<{ folder: string; calls(): Promise<string[][]> }> {
  const folder = temporaryFolder();
  const code = `#!${process.execPath}
    require('node:fs').appendFileSync(__dirname + '/calls', JSON.stringify(process.argv.slice(2)) + '\\n');
    process.stdout.write(${JSON.stringify(printed === null ? '' : JSON.stringify(printed))});`;
  await writeFile(join(folder, name), code);
  await chmod(join(folder, name), 0o755);
  return {
    folder,
    calls: async () => {
      const lines = (await readFile(join(folder, 'calls'), 'utf8')).split('\n').filter(Boolean);
      return lines.map((line) => JSON.parse(line) as string[]);
    },
  };
}

test('the order, and why a program is passed over', async () => {
  const options = { env: { PATH: '/nowhere' }, logger, vendored: () => '/nowhere' } as const;
  const on = (platform: NodeJS.Platform, arch: string) =>
    openFirst(macNotifiers({ ...options, platform, arch }), (driver) => driver.open());
  // There is no arch(1) with -x86_64 here, as there is no Rosetta on a Mac without it.
  const apple = await on('darwin', 'arm64');
  expect(apple.opened?.state.backend).toBe('osascript');
  expect(apple.passedOver).toEqual([
    { name: 'usernotifications', reason: 'codex-voice is not inside its app' },
    { name: 'alerter', reason: 'it is not installed' },
    { name: 'terminal-notifier', reason: 'it is built for Intel processors, and Rosetta is not installed' },
  ]);
  expect((await on('darwin', 'x64')).opened?.state.backend).toBe('terminal-notifier');
  const linux = await on('linux', 'x64');
  expect(linux.opened).toBeNull();
  expect(linux.passedOver.map(({ reason }) => reason)).toEqual(Array(4).fill('this is not macOS'));
});

/** An app with codex-voice, perhaps with the program for notifications, and a codesign that knows its signature. */
async function app(signature: string, notifier: boolean): Promise<{ program: string; codesign: string }> {
  const folder = temporaryFolder();
  const programs = join(folder, 'Codex Voice.app/Contents/MacOS');
  await mkdir(programs, { recursive: true });
  const write = async (path: string, code: string): Promise<string> => {
    await writeFile(path, code);
    await chmod(path, 0o755);
    return path;
  };
  const fake = join(import.meta.dirname, '../support/fake-app-notifier.ts');
  const code = `#!/bin/sh\nexec '${process.execPath}' '${fake}' '${folder}/heard'\n`;
  if (notifier) await write(join(programs, 'codex-voice-notifier'), code);
  const answer = `#!/bin/sh
[ "$*" = "-dv --verbose=2 ${folder}/Codex Voice.app" ] || exit 2
cat >&2 <<'END'
${signature}
END
`;
  return {
    program: await write(join(programs, 'codex-voice'), ''),
    codesign: await write(join(folder, 'codesign'), answer),
  };
}

/** As codesign(1) prints them; the first after TN3161. */
const DEVELOPER_ID = `Executable=/Applications/Codex Voice.app/Contents/MacOS/codex-voice
Identifier=io.github.codex-voice
Authority=Developer ID Application: Some Body (ABCDE12345)
Authority=Developer ID Certification Authority
Authority=Apple Root CA
TeamIdentifier=ABCDE12345`;
const AD_HOC = `Identifier=io.github.codex-voice
Signature=adhoc
TeamIdentifier=not set`;

test.each([
  ['its program is not in the app', DEVELOPER_ID, false],
  ['the app is not signed with a Developer ID', AD_HOC, true],
  [
    'the app is not signed with a Developer ID',
    AD_HOC.replace('=adhoc', '=Developer ID Application: me'),
    true,
  ],
])('the notifications of the app are passed over: %s', async (reason, signature, notifier) => {
  const options = {
    env: { PATH: '/nowhere' },
    logger,
    vendored: () => '/nowhere',
    platform: 'darwin',
  } as const;
  const found = await openFirst(
    macNotifiers({ ...options, ...(await app(signature, notifier)) }),
    async ({ name }) => name,
  );
  expect(found.passedOver[0]).toEqual({ name: 'usernotifications', reason });
});

test('an app with a Developer ID shows its notifications itself', async () => {
  const options = {
    env: { PATH: '/nowhere' },
    logger,
    vendored: () => '/nowhere',
    platform: 'darwin',
  } as const;
  const drivers = macNotifiers({ ...options, ...(await app(DEVELOPER_ID, true)) });
  const { opened, passedOver } = await openFirst(drivers, (driver) => driver.open());
  onTestFinished(() => opened?.close());
  expect(passedOver).toEqual([]);
  expect(await opened?.show('a', bubble())).toBe(true);
  expect(opened?.state.backend).toBe('usernotifications');
});

test('alerter: texts are one word with their option, and a button is reported', async () => {
  const pressed = {
    activationType: 'actionClicked',
    activationValue: 'Edit; then send',
    activationValueIndex: '1',
  };
  const { folder, calls } = await program('alerter', pressed);
  const env = { PATH: folder };
  const notifier = await openNotifier({ logger, env, trusts: () => true, platform: 'darwin' });
  onTestFinished(() => notifier.close());
  expect(notifier.state).toEqual({ backend: 'alerter', capabilities: ['actions', 'body', 'inline-reply'] });
  const events: NotifierEvent[] = [];
  void (async () => {
    for await (const event of notifier.events) events.push(event);
  })();
  const actions = { send: 'Send', edit: 'Edit, then send' };
  await notifier.show('utterance:1', bubble({ actions, timeout: 5_000 }));
  await waitFor('the button', () => events.length > 0);
  expect(events).toEqual([{ type: 'action', bubble: 'utterance:1', key: 'edit' }]);
  expect(await calls()).toEqual([
    [
      '--title=-title',
      '--message={a} "b" $(touch x)\n-second line',
      '--group=codex-voice:utterance:1',
      '--json',
      '--actions=Send,Edit; then send',
      '--dropdown-label=Choose',
      '--timeout=5',
    ],
  ]);
});

test('alerter: a text that is typed is the answer', async () => {
  const { folder, calls } = await program('alerter', {
    activationType: 'replied',
    activationValue: '--on Monday',
  });
  const notifier = await openNotifier({
    logger,
    env: { PATH: folder },
    trusts: () => true,
    platform: 'darwin',
  });
  onTestFinished(() => notifier.close());
  await notifier.show('request:1', bubble({ reply: 'Answer' }));
  for await (const event of notifier.events) {
    expect(event).toEqual({ type: 'reply', bubble: 'request:1', text: '--on Monday' });
    break;
  }
  expect((await calls())[0]).toContain('--reply=Answer');
});

test('osascript gets the texts as arguments, with the line for notifications without buttons', async () => {
  const { folder, calls } = await program('osascript', null);
  const notifier = new CommandNotifier(new OsaScript(join(folder, 'osascript')), logger);
  onTestFinished(() => notifier.close());
  expect(await notifier.show('a', bubble({ withoutButtons: 'codex-voice approve' }))).toBe(true);
  await waitFor('a call', async () => (await calls().catch(() => [])).length > 0);
  const [args = []] = await calls();
  const script = args.filter((_, index) => args[index - 1] === '-e');
  expect(script).toEqual([
    'on run argv',
    'display notification (item 3 of argv) with title (item 2 of argv)',
    'end run',
  ]);
  expect(args.slice(6)).toEqual([
    'codex-voice',
    '-title',
    '{a} "b" $(touch x)\n-second line\ncodex-voice approve',
  ]);
});

test('osascript that fails is a reason', async () => {
  const notifier = new CommandNotifier(new OsaScript('/bin/false'), logger);
  onTestFinished(() => notifier.close());
  expect(await notifier.show('a', bubble())).toBe(false);
  expect(notifier.state.reason).toMatch(/^osascript ended with 1/);
});
