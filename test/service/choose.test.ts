import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseManager, installedManagers, serviceManagers } from '../../src/service/choose.ts';
import type { ProgramResult, ServiceContext } from '../../src/service/service-manager.ts';
import { fakePrograms } from '../support/fake-programs.ts';

/** A person whose programs answer as told; the rest is not there. */
async function person(options: {
  platform?: NodeJS.Platform;
  env?: NodeJS.ProcessEnv;
  answers?: Record<string, Partial<ProgramResult>>;
}) {
  const programs = await fakePrograms({ systemctl: 'exit 0' });
  const context: ServiceContext = {
    env: { ...programs.env, ...options.env },
    platform: options.platform ?? 'linux',
    uid: 1000,
    run: async (program, args) => {
      const found = Object.entries(options.answers ?? {}).find(([line]) =>
        [program, ...args].join(' ').startsWith(line),
      );
      return { status: 1, stdout: '', stderr: 'Failed to connect to bus', ...found?.[1] };
    },
    daemon: { status: async () => null, stop: async () => undefined },
  };
  return { managers: serviceManagers(context), programs, context };
}

const SYSTEMD = { 'systemctl --user show --property=Version': { status: 0, stdout: '252' } };
const SESSION = { 'systemctl --user is-active --quiet graphical-session.target': { status: 0 } };
const DESKTOP = { DISPLAY: ':0' };

describe('the service manager', () => {
  it.each([
    [
      'systemd where the desktop starts its session',
      { env: DESKTOP, answers: { ...SYSTEMD, ...SESSION } },
      'systemd',
    ],
    ['systemd over ssh, for the next sign-in', { answers: SYSTEMD }, 'systemd'],
    ['autostart where nothing would start the unit', { env: DESKTOP, answers: SYSTEMD }, 'autostart'],
    ['autostart without systemd', { env: { WAYLAND_DISPLAY: 'wayland-0' } }, 'autostart'],
    [
      'launchd on a Mac',
      { platform: 'darwin', answers: { 'launchctl print gui/1000': { status: 0 } } },
      'launchd',
    ],
    ['the Task Scheduler on Windows', { platform: 'win32' }, 'task-scheduler'],
  ] as const)('is %s', async (_name, options, expected) => {
    const { managers, programs } = await person(options);
    await using _ = programs;
    const { manager, passedOver } = await chooseManager(managers);
    expect(manager.name).toBe(expected);
    const names = managers.map(({ name }) => name);
    expect(passedOver.map(({ name }) => name)).toEqual(names.slice(0, names.indexOf(expected)));
    expect(passedOver.every(({ reason }) => reason !== '')).toBe(true);
  });

  it('is none, with every reason, where there is no desktop', async () => {
    const { managers, programs } = await person({});
    await using _ = programs;
    await expect(chooseManager(managers)).rejects.toMatchObject({
      code: 'service-unavailable',
      message: expect.stringMatching(
        /systemd: no systemd of this user answers \(Failed to connect to bus\).*autostart: no desktop/s,
      ),
    });
  });

  it('is found again by what it left, though another would be chosen now', async () => {
    const { managers, programs } = await person({ env: DESKTOP, answers: SYSTEMD });
    await using _ = programs;
    expect(await installedManagers(managers)).toEqual([]);
    const folder = join(programs.folder, '.config/systemd/user');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'codex-voice.service'), '[Service]\n');
    expect((await installedManagers(managers)).map(({ name }) => name)).toEqual(['systemd']);
  });
});

describe('the state of the unit', () => {
  const show = (lines: Record<string, string>) => ({
    'systemctl --user show codex-voice.service': {
      status: 0,
      stdout: Object.entries(lines)
        .map(([name, value]) => `${name}=${value}`)
        .join('\n'),
    },
  });

  it('says since when it runs', async () => {
    const second = Number(process.hrtime.bigint() / 1_000n) - 60_000_000;
    const lines = {
      ActiveState: 'active',
      MainPID: '42',
      UnitFileState: 'enabled',
      ActiveEnterTimestampMonotonic: `${second}`,
    };
    const { managers, programs } = await person({ answers: show(lines) });
    await using _ = programs;
    const state = await managers[0]?.state();
    expect(state).toMatchObject({ running: true, enabled: true, pid: 42, failure: null });
    expect(Date.now() - Date.parse(state?.since ?? '')).toBeGreaterThan(59_000);
    expect(Date.now() - Date.parse(state?.since ?? '')).toBeLessThan(90_000);
  });

  it.each([
    [
      { ActiveState: 'failed', SubState: 'failed', Result: 'exit-code', ExecMainStatus: '1', NRestarts: '5' },
      'exit-code, status 1, after 5 restarts',
    ],
    [
      {
        ActiveState: 'activating',
        SubState: 'auto-restart',
        Result: 'signal',
        ExecMainStatus: '9',
        NRestarts: '1',
      },
      'signal, status 9, after 1 restarts; systemd tries again',
    ],
    [
      { ActiveState: 'inactive', SubState: 'dead', Result: 'success', ExecMainStatus: '0', NRestarts: '0' },
      null,
    ],
  ])('says why it does not run: %j', async (lines, failure) => {
    const { managers, programs } = await person({ answers: show(lines) });
    await using _ = programs;
    expect(await managers[0]?.state()).toMatchObject({ running: false, pid: null, since: null, failure });
  });
});
