import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { AutostartService } from '../../src/service/autostart.ts';
import { desktopEntry } from '../../src/service/desktop-entry.ts';
import { LaunchdService, launchdPlist } from '../../src/service/launchd.ts';
import { programRunner } from '../../src/service/run-program.ts';
import type { ServiceCommand, ServiceContext } from '../../src/service/service-manager.ts';
import { systemdUnit } from '../../src/service/systemd-unit.ts';
import { TaskSchedulerService, taskXml } from '../../src/service/task-scheduler.ts';
import {
  isAlive,
  run,
  startProcess,
  type TemporaryFolder,
  temporaryFolder,
  waitFor,
} from '../support/process.ts';
import { COMMANDS } from './commands.ts';

const commands = Object.entries(COMMANDS);

/** Python's own readers of both formats stand for those of macOS and Windows. */
async function readBack(script: string, file: string): Promise<unknown> {
  return JSON.parse(await run('/usr/bin/python3', ['-c', script, file]));
}

const PLIST = 'import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], "rb"))))';
const TASK = `
import json, sys, xml.etree.ElementTree as tree
task = tree.parse(sys.argv[1]).getroot()
print(json.dumps([[e.tag.split("}")[1], e.text] for e in task.find(".//{*}Exec")]))`;

describe('what other programs say of the definitions', () => {
  /** All that systemd-analyze has to say; warnings do not change its exit status (252). */
  async function verify(unit: string): Promise<string> {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'codex-voice.service');
    await writeFile(file, unit);
    const env = { ...process.env, XDG_RUNTIME_DIR: folder.path, SYSTEMD_LOG_TARGET: 'console' };
    const verifying = await startProcess('systemd-analyze', ['--user', 'verify', file], { env });
    await verifying.exited;
    return verifying.stdout() + verifying.stderr();
  }

  it.each(commands)('systemd-analyze: the unit of %s is well formed', async (_name, command) => {
    // systemd looks whether the program is there.
    expect(await verify(systemdUnit({ ...command, command: '/bin/sh' }, true))).toBe('');
    expect(await verify(systemdUnit({ ...command, command: '/bin/sh' }, false))).toBe('');
  });

  it('systemd-analyze: would have told of a wrong setting and of a missing program', async () => {
    const unit = systemdUnit({ command: '/bin/no-such-program', args: [] }, true);
    expect(await verify(unit)).toContain('no-such-program');
    expect(await verify(unit.replace('KillMode=mixed', 'KillMood=mixed'))).toContain('KillMood');
  });

  it.each(commands)('desktop-file-validate: the entry of %s is well formed', async (_name, command) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'codex-voice.desktop');
    await writeFile(file, desktopEntry(command));
    expect(await run('desktop-file-validate', [file])).toBe('');
  });

  it.each(commands)('plistlib: the property list of %s is what was meant', async (_name, command) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'agent.plist');
    await writeFile(file, launchdPlist(command, '/Users/me & you/launchd.log'));
    expect(await readBack(PLIST, file)).toEqual({
      Label: 'io.github.codex-voice',
      ProgramArguments: [command.command, ...command.args],
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      ThrottleInterval: 10,
      LimitLoadToSessionType: 'Aqua',
      ProcessType: 'Interactive',
      ExitTimeOut: 30,
      StandardErrorPath: '/Users/me & you/launchd.log',
    });
  });

  it('an XML parser: the task has the command and its arguments', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'task.xml');
    const command = {
      command: 'C:\\Program Files\\R&D\\codex-voice.exe',
      args: ['daemon', '--service', 'a b'],
    };
    await writeFile(file, `\ufeff${taskXml(command, 'S-1-5-21-1', 'C:\\Users\\R&D')}`, 'utf16le');
    expect(await readBack(TASK, file)).toEqual([
      ['Command', command.command],
      ['Arguments', 'daemon --service "a b"'],
      ['WorkingDirectory', 'C:\\Users\\R&D'],
    ]);
  });
});

/** A daemon that only waits, and tells by a file that it runs and with which words it was started. */
async function daemonOf(folder: TemporaryFolder) {
  const told = join(folder.path, 'told');
  const script = 'echo "$$ $*" >"$0"; trap "rm -f \\"$0\\"; exit 0" TERM; while :; do /bin/sleep 0.05; done';
  const command: ServiceCommand = { command: '/bin/sh', args: ['-c', script, told, 'daemon', 'two words'] };
  const pid = async () => Number((await readFile(told, 'utf8')).split(' ')[0]);
  const status = async () => (existsSync(told) ? { pid: await pid(), uptime_s: 1 } : null);
  const stop = async () => {
    const running = await status();
    if (running === null) return;
    process.kill(running.pid, 'SIGTERM');
    await waitFor('the daemon to end', async () => !(await isAlive(running.pid)));
  };
  const runs = () =>
    waitFor(
      'the daemon',
      async () => existsSync(told) && /daemon two words/.test(await readFile(told, 'utf8')),
    );
  return { command, probe: { status, stop }, runs, told };
}

async function contextOf(
  folder: TemporaryFolder,
  platform: NodeJS.Platform,
  daemon: ServiceContext['daemon'],
  fake: string,
) {
  const env = {
    HOME: folder.path,
    PATH: '/usr/bin:/bin',
    USERNAME: 'me',
    USERDOMAIN: 'PC',
    USERPROFILE: folder.path,
    FAKE_STATE: join(folder.path, 'fake.json'),
  };
  const script = fileURLToPath(new URL(fake, import.meta.url));
  const python = programRunner(env);
  const context: ServiceContext = {
    env,
    platform,
    uid: 501,
    run: (program, args, timeoutMs) => {
      // The one for Windows stands for several programs.
      const words = platform === 'win32' ? [program, ...args] : args;
      return python('/usr/bin/python3', [script, ...words], timeoutMs);
    },
    daemon,
  };
  return {
    context,
    calls: async () => JSON.parse(await readFile(env.FAKE_STATE, 'utf8')).calls as string[][],
  };
}

describe('launchd, with a launchctl that reads the property list and runs its program', () => {
  it('installs, starts again, tells, stops and takes away', async () => {
    await using folder = await temporaryFolder();
    const daemon = await daemonOf(folder);
    const { context } = await contextOf(folder, 'darwin', daemon.probe, 'fake-launchctl.py');
    const service = new LaunchdService(context);
    expect([await service.unavailable(), await service.installed()]).toEqual([null, false]);
    await service.install(daemon.command);
    expect(await service.state()).toMatchObject({
      installed: true,
      enabled: true,
      running: false,
      pid: null,
    });
    await service.start();
    await daemon.runs();
    const { pid } = (await daemon.probe.status()) ?? { pid: 0 };
    expect(await service.state()).toMatchObject({ running: true, pid, failure: null });
    await service.start();
    await daemon.runs();
    expect(await isAlive(pid)).toBe(false);
    await service.uninstall();
    expect(await daemon.probe.status()).toBeNull();
    expect(await service.state()).toMatchObject({
      installed: false,
      enabled: false,
      running: false,
      pid: null,
    });
  });

  it('tells that the agent does not stay up, and that a person switched it off', async () => {
    await using folder = await temporaryFolder();
    const daemon = await daemonOf(folder);
    const { context } = await contextOf(folder, 'darwin', daemon.probe, 'fake-launchctl.py');
    const service = new LaunchdService(context);
    await service.install({ command: '/bin/sh', args: ['-c', 'echo "no settings" >&2; exit 1'] });
    await service.start();
    await waitFor('its end', async () => (await service.state()).failure);
    expect(await service.state()).toMatchObject({
      running: false,
      failure: 'it ended with 1; launchd tries again',
    });
    expect(await service.lastWords(5)).toEqual(['no settings']);
    await context.run('launchctl', ['disable', 'gui/501/io.github.codex-voice']);
    expect((await service.state()).enabled).toBe(false);
    await service.uninstall();
  });
});

describe('the Task Scheduler, with a schtasks that reads the XML and runs its command', () => {
  it('installs, starts, tells, stops and takes away', async () => {
    await using folder = await temporaryFolder();
    const daemon = await daemonOf(folder);
    const { context, calls } = await contextOf(folder, 'win32', daemon.probe, 'fake-schtasks.py');
    const service = new TaskSchedulerService(context);
    expect([await service.unavailable(), await service.installed()]).toEqual([null, false]);
    const { command, args } = daemon.command;
    const file = join(folder.path, 'daemon.sh');
    // What a POSIX shell and Windows quote alike.
    await writeFile(
      file,
      `set -- "$1" "$2" "$3"; file=$1; shift; exec ${command} -c '${args[1]}' "$file" "$@"\n`,
    );
    await service.install({ command, args: [file, daemon.told, 'daemon', 'two words'] });
    expect(await service.state()).toMatchObject({ installed: true, enabled: true, running: false });
    await service.start();
    await daemon.runs();
    expect(await service.state()).toMatchObject({ running: true, pid: (await daemon.probe.status())?.pid });
    await service.uninstall();
    expect(await daemon.probe.status()).toBeNull();
    expect(await service.state()).toMatchObject({ installed: false, enabled: false, running: false });
    expect((await calls()).map(([verb]) => verb)).not.toContain('/End');
  });
});

describe('the entry of the desktop', () => {
  it('installs, starts what its Exec line says, tells, and takes away', async () => {
    await using folder = await temporaryFolder();
    const daemon = await daemonOf(folder);
    const env = { HOME: folder.path, PATH: '/usr/bin:/bin', DISPLAY: ':0' };
    const service = new AutostartService({
      env,
      platform: 'linux',
      uid: 1,
      run: programRunner(env),
      daemon: daemon.probe,
    });
    await service.install(daemon.command);
    expect(service.definition).toBe(join(folder.path, '.config/autostart/codex-voice.desktop'));
    await service.start();
    await daemon.runs();
    expect(await service.state()).toMatchObject({ installed: true, enabled: true, running: true });
    const entry = await readFile(service.definition, 'utf8');
    await writeFile(
      service.definition,
      entry.replace('X-GNOME-Autostart-enabled=true', 'X-GNOME-Autostart-enabled=false'),
    );
    expect((await service.state()).enabled).toBe(false);
    await service.uninstall();
    expect(await daemon.probe.status()).toBeNull();
    expect(await service.installed()).toBe(false);
  });

  it('says that the program of the entry is gone', async () => {
    await using folder = await temporaryFolder();
    const daemon = await daemonOf(folder);
    const env = { HOME: folder.path, PATH: '/usr/bin:/bin', DISPLAY: ':0' };
    const service = new AutostartService({
      env,
      platform: 'linux',
      uid: 1,
      run: programRunner(env),
      daemon: daemon.probe,
    });
    await service.install({ command: '/no/such/program', args: [] });
    await expect(service.start()).rejects.toThrow(/ENOENT/);
  });
});
