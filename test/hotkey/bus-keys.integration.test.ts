import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GlobalHotkey } from '../../src/daemon/global-hotkey.ts';
import { keyCommand } from '../../src/hotkey/bindings/client.ts';
import { BUS_NAME } from '../../src/hotkey/bus-keys.ts';
import type { HotkeyEvent } from '../../src/hotkey/hotkey.ts';
import { findProgram } from '../../src/processes/programs.ts';
import { run, waitFor } from '../support/process.ts';
import { startSessionBus, type TestSessionBus } from '../support/session-bus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const logger = pino({ level: 'silent' });

describe('bindings of a desktop', () => {
  let bus: TestSessionBus;
  let hotkey: GlobalHotkey;
  const events: HotkeyEvent[] = [];
  let isUsers = true;
  beforeAll(async () => {
    bus = await startSessionBus();
    hotkey = new GlobalHotkey({
      settings: () => ({ listen: 'Mouse8', mode: 'toggle', cancel: 'Escape', backend: 'none' }),
      env: { ...bus.env },
      trusts: () => isUsers,
      onEvent: (event) => void events.push(event),
      logger,
    });
    hotkey.stage('idle');
    await bus.waitForName(BUS_NAME);
  });
  afterAll(async () => {
    await hotkey?.close();
    await bus?.stop();
  });

  const keys = (): string[] => events.map(({ type }) => type).filter((type) => type !== 'state');
  const env = (): NodeJS.ProcessEnv => ({ ...process.env, ...bus.env });

  it.each(['dbus-send', 'busctl', 'gdbus'])('reach the daemon with %s alone', async (client) => {
    const path = join(temporaryFolder(), 'bin');
    await mkdir(path);
    await symlink((await findProgram(client)) ?? '', join(path, client));
    const command = await keyCommand({ PATH: path });
    expect(command('Press')).toMatch(new RegExp(`^${client} `));
    events.length = 0;
    for (const call of ['Press', 'Release', 'Press', 'Release'] as const)
      await run('sh', ['-c', command(call)], { env: env() });
    await waitFor('the keys', () => keys().length >= 4);
    expect(keys()).toEqual(['press', 'release', 'press', 'release']);
    const times = events.flatMap((event) => ('at' in event ? [event.at] : []));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  });

  it('count once however often the desktop repeats them', async () => {
    const command = await keyCommand(process.env);
    events.length = 0;
    const held = Array.from({ length: 20 }, () => command('Toggle')).join('; ');
    await run('sh', ['-c', `${held}; ${command('Release')}`], { env: env() });
    await waitFor('the release', () => keys().includes('release'));
    expect(keys()).toEqual(['toggle', 'release']);
  });

  it('press nothing from a program that Codex started', async () => {
    const command = await keyCommand(process.env);
    events.length = 0;
    isUsers = false;
    await expect(run('sh', ['-c', command('Press')], { env: env() })).rejects.toThrow(/AccessDenied/);
    isUsers = true;
    await run('sh', ['-c', command('Release')], { env: env() });
    await waitFor('the release', () => keys().length > 0);
    expect(keys()).toEqual(['release']);
  });

  it('are refused what is no key', async () => {
    const call = ['--session', '--print-reply', `--dest=${BUS_NAME}`, `/${BUS_NAME.replaceAll('.', '/')}`];
    await expect(run('dbus-send', [...call, `${BUS_NAME}.Stop`], { env: env() })).rejects.toThrow(
      /UnknownMethod/,
    );
  });

  it('reach it again when the bus is back', async () => {
    await bus.restart();
    await bus.waitForName(BUS_NAME);
    events.length = 0;
    await run('sh', ['-c', (await keyCommand(process.env))('Press')], { env: env() });
    await waitFor('the press', () => keys().length > 0);
    expect(keys()).toEqual(['press']);
  });
});

it('a binding calls codex-voice itself where no client is installed', async () => {
  const command = await keyCommand({ PATH: temporaryFolder() });
  expect(command('Toggle')).toBe('codex-voice toggle');
});
