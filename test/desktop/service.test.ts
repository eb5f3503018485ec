import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DaemonStatus } from '../../src/control/status.ts';
import { converse } from '../../src/loopback/answers.ts';
import { writeCodexHome } from '../../src/loopback/codex-home.ts';
import { LoopbackModel } from '../../src/loopback/model.ts';
import type { ServiceState } from '../../src/service/service-manager.ts';
import type { Utterance } from '../../src/utterance.ts';
import {
  askDaemon,
  type CliResult,
  makeHome,
  type QuietDesktop,
  runCli,
  startQuietDesktop,
  type TestHome,
} from '../support/desktop.ts';
import { EVERY_CASE } from '../support/gate.ts';
import { startProcess, waitFor } from '../support/process.ts';
import { programCommand } from '../support/program.ts';
import { RecordedMicrophone } from '../support/recorded-microphone.ts';
import { clip } from '../support/speech.ts';
import { type SystemdUser, startSystemdUser } from '../support/systemd-user.ts';
import { wordErrors } from '../support/wer.ts';

const SPOKEN = clip('sb-spk1_snt5');
const UNIT = 'codex-voice.service';

/** A sentence ends late enough for a stop to come before its end. */
const PATIENT = '\n[speech]\nadaptive_endpoint = false\nendpoint_ms = 1500\n';

/** A person at a desktop, with the settings of the tests and a model that answers. */
class Person {
  readonly desktop: QuietDesktop;
  readonly microphone: RecordedMicrophone;
  readonly home: TestHome;
  readonly model: LoopbackModel;
  readonly env: NodeJS.ProcessEnv;
  /** Where this person's verbs run. */
  systemd: SystemdUser | null = null;

  private constructor(
    desktop: QuietDesktop,
    home: TestHome,
    microphone: RecordedMicrophone,
    model: LoopbackModel,
  ) {
    this.desktop = desktop;
    this.home = home;
    this.microphone = microphone;
    this.model = model;
    this.env = { ...desktop.env, ...home.env };
  }

  static async arrive(): Promise<Person> {
    const desktop = await startQuietDesktop();
    const home = await makeHome();
    const model = new LoopbackModel(converse);
    await model.start();
    await writeCodexHome(home.codexHome, model.baseUrl);
    const microphone = new RecordedMicrophone(home.path, { quick: false });
    await microphone.hears(SPOKEN.path);
    await writeFile(home.config, home.settings(microphone.settings + PATIENT));
    return new Person(desktop, home, microphone, model);
  }

  cli(...verb: string[]): Promise<CliResult> {
    if (this.systemd === null) return runCli(this.env, ...verb);
    const { command, args } = programCommand(verb);
    return this.systemd.run(command, args, this.env);
  }

  async json<T>(...args: string[]): Promise<T> {
    const { stdout, stderr } = await this.cli(...args, '--json');
    if (stdout === '') throw new Error(`${args.join(' ')}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** What this desktop has and the tests' own environment has not. */
  variables(): NodeJS.ProcessEnv {
    const { env } = this.home;
    return Object.fromEntries(
      Object.entries(this.desktop.env).filter(
        ([name, value]) => value !== process.env[name] && !(name in env),
      ),
    );
  }

  /** Presses the key and says a sentence; its record when it has ended. */
  async say(count: number): Promise<Utterance | undefined> {
    await this.desktop.x.xdotool('key', 'ctrl+alt+space');
    return this.ended(count);
  }

  async ended(count: number): Promise<Utterance | undefined> {
    const ended = await waitFor(
      `${count} utterances to end`,
      async () => {
        const { utterances: all } = await askDaemon(this.env, (client) => client.request('history', {}));
        const over = all.filter(({ state }) => !['listening', 'heard', 'accepted'].includes(state));
        return over.length >= count && over;
      },
      { timeout: 120_000, every: 200 },
    );
    return ended[0];
  }

  /** Waits until the daemon has the hotkey and Codex. */
  ready(): Promise<DaemonStatus> {
    return waitFor(
      'the daemon',
      async () => {
        const now = await askDaemon(this.env, (client) => client.request('status', {})).catch(() => null);
        if (now === null) return null;
        return now.session.state === 'idle' && now.hotkey.state === 'grabbed' && now;
      },
      { timeout: 120_000, every: 200 },
    );
  }

  async leave(): Promise<void> {
    await this.model.close();
    await this.home.remove();
    await this.desktop.stop();
  }
}

function expectAnswered(utterance: Utterance | undefined): void {
  expect(utterance).toMatchObject({ state: 'answered', error: null });
  const { substitutions, deletions, insertions } = wordErrors(SPOKEN.text, utterance?.transcript ?? '');
  expect(substitutions + deletions + insertions).toBeLessThanOrEqual(2);
}

describe('the service of a real systemd --user', () => {
  let person: Person;
  let systemd: SystemdUser;

  beforeAll(async () => {
    person = await Person.arrive();
    systemd = await startSystemdUser({ env: person.home.env });
    person.systemd = systemd;
  });
  afterAll(async () => {
    await systemd?.stop();
    await person?.leave();
  });

  const state = () => person.json<ServiceState & { log: string[] }>('service', 'status');
  const property = (name: string) => systemd.systemctl('show', UNIT, `--property=${name}`, '--value');

  it('is installed before a desktop runs, and starts with it', async () => {
    const { command, args } = programCommand(['service', 'install']);
    const { stdout, stderr } = await systemd.run(command, args);
    expect(stderr).toBe('');
    expect(stdout).toContain('It starts at your next sign-in, not now');
    expect(await state()).toMatchObject({
      manager: 'systemd',
      installed: true,
      enabled: true,
      running: false,
    });
    await systemd.startDesktop(person.variables());
    await person.ready();
    await waitFor('systemd to know', async () => (await state()).running);
    expect((await state()).failure).toBeNull();
    expect(await property('Type')).toBe('notify');
  });

  it('hears, and answers by a notification', async () => {
    expectAnswered(await person.say(1));
    await person.desktop.notifications.caughtUp();
    expect(person.desktop.notifications.sent.length).toBeGreaterThan(0);
  });

  it('gives no child the socket that speaks for the daemon', async () => {
    const pid = await property('MainPID');
    const children = await systemd.run('/bin/sh', ['-c', `cat /proc/${pid}/task/*/children`]);
    const pids = children.stdout.split(' ').filter((text) => text.trim() !== '');
    const read = await Promise.all(pids.map((child) => systemd.run('cat', [`/proc/${child}/environ`])));
    // A program that has ended meanwhile has none.
    const environments = read.map(({ stdout }) => stdout).filter((text) => text.includes('HOME='));
    expect(environments.length).toBeGreaterThan(1);
    for (const environment of environments) expect(environment).not.toContain('NOTIFY_SOCKET');
  });

  it('is found by a daemon that lacks its desktop: systemd was told', async () => {
    const script = fileURLToPath(new URL('../support/print-session-environment.ts', import.meta.url));
    const { stdout, stderr } = await systemd.run(process.execPath, [script]);
    const { DISPLAY, DBUS_SESSION_BUS_ADDRESS } = person.env;
    expect(JSON.parse(stdout)).toMatchObject({ DISPLAY, DBUS_SESSION_BUS_ADDRESS });
    expect(stderr).toMatch(/"source":"systemd --user"/);
  });

  it('is started again when it dies', async () => {
    const before = await property('MainPID');
    await systemd.systemctl('kill', '--signal=SIGKILL', '--kill-who=main', UNIT);
    await waitFor('another daemon', async () => !['0', before].includes(await property('MainPID')));
    await person.ready();
    expect(await property('NRestarts')).toBe('1');
    expectAnswered(await person.say(2));
  });

  it('restarts through systemd', async () => {
    const { stdout, status } = await person.cli('restart');
    expect(status).toBe(0);
    expect(stdout).toContain(`(pid ${await property('MainPID')})`);
  });

  it('stops while a person speaks: heard to the end, answered next time, nothing left', async () => {
    await person.ready();
    const group = await property('ControlGroup');
    await person.desktop.x.xdotool('key', 'ctrl+alt+space');
    await waitFor('listening', async () => {
      const { stage } = await askDaemon(person.env, (client) => client.request('status', {}));
      return stage === 'listening';
    });
    await delay(SPOKEN.duration * 1_000);
    await systemd.systemctl('stop', UNIT);
    expect(await property('Result')).toBe('success');
    expect(await property('ExecMainStatus')).toBe('0');
    const { stdout } = await systemd.run('/bin/sh', [
      '-c',
      `cat /sys/fs/cgroup${group}/cgroup.procs 2>/dev/null`,
    ]);
    expect(stdout).toBe('');
    await systemd.systemctl('start', UNIT);
    expectAnswered(await person.ended(3));
  });

  it('ends with the desktop and comes back with the next one', async () => {
    await systemd.stopDesktop();
    await waitFor('its end', async () => (await property('ActiveState')) === 'inactive');
    expect(await state()).toMatchObject({ running: false, enabled: true, failure: null });
    await systemd.startDesktop(person.variables());
    await person.ready();
  });

  if (EVERY_CASE)
    it('says what is wrong when it cannot start, and starts again once that is mended', async () => {
      await systemd.systemctl('stop', UNIT);
      await writeFile(person.home.config, '[hotkey]\nlisten = "Ctrl+Nonsense"\n');
      const failed = await person.cli('service', 'install');
      expect(failed.status).toBe(1);
      expect(failed.stderr).toContain('[service-failed]');
      expect(failed.stderr).toContain('Ctrl+Nonsense');
      await waitFor('systemd to give up', async () => (await property('ActiveState')) === 'failed', {
        timeout: 120_000,
        every: 200,
      });
      const { status, stdout } = await person.cli('service', 'status');
      expect(status).toBe(1);
      expect(stdout).toMatch(/^failed {3}exit-code, status 1, after 5 restarts$/m);
      expect(stdout).toContain('Ctrl+Nonsense');
      const logs = await person.cli('service', 'logs', '-n', '3');
      expect(logs.stdout.split('\n')).toHaveLength(4);
      expect(logs.stdout).toMatch(/error the daemon ended: .*Ctrl\+Nonsense/);
      await writeFile(person.home.config, person.home.settings(person.microphone.settings + PATIENT));
      const { stdout: mended } = await person.cli('service', 'install');
      expect(mended).toContain('press Ctrl+Alt+Space and speak');
    });

  it('is taken away', async () => {
    const { definition } = await state();
    const { status } = await person.cli('service', 'uninstall');
    expect(status).toBe(0);
    expect(existsSync(definition)).toBe(false);
    expect(await property('LoadState')).toBe('not-found');
    expect(
      existsSync(join(person.home.path, 'config/systemd/user/graphical-session.target.wants', UNIT)),
    ).toBe(false);
    expect((await person.cli('status')).status).toBe(3);
    expect((await person.cli('service', 'status')).stderr).toContain('[service-missing]');
    expect((await person.cli('service', 'uninstall')).status).toBe(0);
  });
});

describe('the entry that a desktop without systemd starts', () => {
  let person: Person;

  beforeEach(async () => {
    person = await Person.arrive();
  });
  afterEach(async () => {
    await person.cli('stop');
    await person.leave();
  });

  it('brings the daemon up at once and at the next sign-in, until it is taken away', async () => {
    const installed = await person.cli('service', 'install');
    expect(installed.stderr).toBe('');
    expect(installed.stdout).toContain('not systemd: no systemd of this user answers');
    expect(installed.stdout).toContain('press Ctrl+Alt+Space and speak');
    const { pid, definition } = await person.json<ServiceState>('service', 'status');
    expect(await person.json<ServiceState>('service', 'status')).toMatchObject({
      manager: 'autostart',
      enabled: true,
      running: true,
    });
    expect((await person.cli('stop')).status).toBe(0);
    expect((await person.cli('service', 'status')).status).toBe(1);

    // What openbox-session runs; it knows the specification, and nothing of codex-voice.
    const nothing = join(person.home.path, 'xdg');
    await mkdir(nothing);
    const env = { ...person.env, XDG_CONFIG_DIRS: nothing };
    const session = await startProcess('/usr/lib/x86_64-linux-gnu/openbox-xdg-autostart', ['XFCE'], { env });
    const status = await person.ready();
    expect(status.pid).not.toBe(pid);
    expectAnswered(await person.say(1));
    expect(await readFile(join(person.home.state, 'codex-voice.log'), 'utf8')).toContain(
      'found folders of PATH',
    );

    expect((await person.cli('service', 'uninstall')).status).toBe(0);
    expect(existsSync(definition)).toBe(false);
    expect((await person.cli('status')).status).toBe(3);
    await session.stop();
  });
});
