import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { beforeAll, expect, test } from 'vitest';
import { carbonDriver } from '../../src/hotkey/carbon/carbon.ts';
import { parseChord } from '../../src/hotkey/chord.ts';
import type { HotkeyEvent } from '../../src/hotkey/hotkey.ts';
import { KeptHotkey } from '../../src/hotkey/kept-hotkey.ts';
import { buildLibrary } from '../macos/fake-library.ts';
import { run, waitFor } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CHILD = join(import.meta.dirname, '../../src/hotkey/carbon/child.ts');
/** Space with controlKey and optionKey; Escape. */
const LISTEN = '49 0x1800';
const ESCAPE = '53 0x0';

let library: string;
beforeAll(async () => {
  const built = await buildLibrary('carbon');
  library = built.path;
  return built.remove;
});

/** A hotkey whose process has a fake Carbon, and the keyboard in front of it. */
async function watched(listen = 'Ctrl+Alt+Space', refuse = '') {
  const folder = temporaryFolder();
  await run('mkfifo', [join(folder, 'keys')]);
  writeFileSync(join(folder, 'calls'), '');
  if (refuse) writeFileSync(join(folder, 'refuse'), refuse);
  const code = `
    process.env.FAKE_CARBON = ${JSON.stringify(folder)};
    const { runHotkeyChild } = await import(${JSON.stringify(CHILD)});
    await runHotkeyChild(process.argv.slice(1), ${JSON.stringify(library)});`;
  const driver = carbonDriver({
    listen: parseChord(listen),
    cancel: parseChord('Escape'),
    logger: pino({ level: 'silent' }),
    platform: 'darwin',
    child: { command: process.execPath, args: ['--input-type=module', '-e', code] },
  });
  const hotkey = new KeptHotkey([driver], [listen, 'Escape'], pino({ level: 'silent' }));
  const events: HotkeyEvent[] = [];
  const reading = (async () => {
    for await (const event of hotkey.events) events.push(event);
  })();
  const calls = (): string[] => readFileSync(join(folder, 'calls'), 'utf8').split('\n').filter(Boolean);
  return {
    hotkey,
    folder,
    calls,
    keys: () => events.map(({ type }) => type).filter((type) => type !== 'state'),
    stroke: (line: string) => appendFile(join(folder, 'keys'), `${line}\n`),
    state: (state: string, reason?: string) =>
      waitFor(
        `${state} ${reason ?? ''}`,
        () => hotkey.state.state === state && (!reason || hotkey.state.reason?.code === reason),
      ),
    called: (line: string, times = 1) =>
      waitFor(line, () => calls().filter((each) => each === line).length === times),
    [Symbol.asyncDispose]: async () => {
      await hotkey.close();
      await reading;
    },
  };
}

test('reports press, release and cancel; Escape belongs to the other apps until codex-voice listens', async () => {
  await using keyboard = await watched();
  const { hotkey, keys, stroke, called, calls } = keyboard;
  await keyboard.state('grabbed');
  await stroke(`down ${ESCAPE}`);
  await stroke(`down ${LISTEN}`);
  await stroke(`down ${LISTEN}`);
  await stroke(`up ${LISTEN}`);
  await waitFor('a release', () => keys().includes('release'));
  expect(keys()).toEqual(['press', 'release']);
  hotkey.setListening(true);
  await called('register 53 0x0 as 2');
  await stroke(`down ${ESCAPE}`);
  await stroke(`up ${ESCAPE}`);
  await waitFor('a cancel', () => keys().includes('cancel'));
  hotkey.setListening(false);
  await called('unregister 53');
  await stroke(`down ${ESCAPE}`);
  await stroke('foreign 0 0');
  await called('passed on');
  await hotkey.close();
  expect(keys()).toEqual(['press', 'release', 'cancel']);
  expect(calls()).toEqual([
    'register 49 0x1800 as 1',
    'register 53 0x0 as 2',
    'unregister 53',
    'passed on',
    'unregister 49',
  ]);
});

test('a process that dies is started again, and a key that was down is released', async () => {
  await using keyboard = await watched();
  await keyboard.state('grabbed');
  keyboard.hotkey.setListening(true);
  await keyboard.called('register 53 0x0 as 2');
  await keyboard.stroke(`down ${LISTEN}`);
  await waitFor('a press', () => keyboard.keys().includes('press'));
  await keyboard.stroke('die 0 0');
  await keyboard.called('register 49 0x1800 as 1', 2);
  // It still listens: the new process takes the cancel key as well.
  await keyboard.called('register 53 0x0 as 2', 2);
  await keyboard.state('grabbed');
  expect(keyboard.keys()).toEqual(['press', 'release']);
  await keyboard.stroke('quit 0 0');
  await keyboard.called('register 49 0x1800 as 1', 3);
});

test('a key that another program has is tried again until it is free', async () => {
  await using keyboard = await watched('Ctrl+Alt+Space', '-9878');
  await keyboard.state('waiting', 'hotkey-taken');
  rmSync(join(keyboard.folder, 'refuse'));
  await keyboard.state('grabbed');
  expect(keyboard.calls()).toEqual(['register 49 0x1800 as 1']);
});

test('a combination that macOS refuses is named, and a cancel key that is refused costs only itself', async () => {
  {
    await using keyboard = await watched('Alt+K', '-9868');
    await keyboard.state('waiting', 'hotkey-unavailable');
    expect(keyboard.hotkey.state.reason?.message).toBe(
      'macOS does not register Alt+K (macOS 15.0 and 15.1 take no key with Option or Shift alone).',
    );
  }
  await using keyboard = await watched('Ctrl+Alt+Space', '-9878 2');
  await keyboard.state('grabbed');
  keyboard.hotkey.setListening(true);
  await keyboard.stroke(`down ${LISTEN}`);
  await waitFor('a press', () => keyboard.keys().includes('press'));
  expect(keyboard.hotkey.state.state).toBe('grabbed');
});

test('a mouse button is refused without starting anything', async () => {
  await using keyboard = await watched('Mouse8');
  await keyboard.state('waiting', 'hotkey-unavailable');
  expect(keyboard.hotkey.state.reason?.message).toContain(
    'Mouse8 cannot be a global hotkey: macOS lets no program',
  );
  await keyboard.hotkey.close();
  expect(keyboard.calls()).toEqual([]);
});
