import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/doctor/check.ts';
import { leftOvers } from '../support/codex.ts';
import { CODEX, type Desktop, startDaemon, startDesktop, type TestHome } from '../support/desktop.ts';
import { DoctorUser, NO_DAEMON, PARTS } from '../support/doctor.ts';
import { FakeRtkit } from '../support/fake-rtkit.ts';
import { startProcess, type TestProcess, waitFor } from '../support/process.ts';
import { startSessionBus } from '../support/session-bus.ts';

const THIEF = fileURLToPath(new URL('../support/key-thief.ts', import.meta.url));

let desktop: Desktop;
/** Grants what this user may not take. */
let rtkit: FakeRtkit;
let user: DoctorUser;
/** A noise in the room. */
let noise: TestProcess;

beforeAll(async () => {
  desktop = await startDesktop();
  rtkit = await FakeRtkit.start(desktop.bus.address);
});
afterAll(async () => {
  rtkit?.stop();
  await desktop?.stop();
});

beforeEach(async () => {
  user = await DoctorUser.arrive(desktop);
  noise = await makeNoise();
});
afterEach(async () => {
  await noise.stop();
  await user.home.remove();
});

function makeNoise(): Promise<TestProcess> {
  const options = ['--device=mic', '--raw', '--volume=2000', '--latency-msec=20', '/dev/urandom'];
  return startProcess('pacat', ['--playback', ...options], { env: desktop.env });
}

describe('doctor where all is well', () => {
  it('proves every part with a figure, and leaves nothing behind', async () => {
    const before = await filesOf(user.home);
    const { status, results, of, trouble } = await user.doctor();
    expect(trouble).toEqual([NO_DAEMON]);
    expect(status).toBe(0);
    expect(results.map(({ name }) => name)).toEqual(PARTS);
    expect(of('daemon').hint).toContain('codex-voice start');
    expect(of('priority').detail).toMatch(/^the daemon gets high priority through (?:setpriority|rtkit)$/);
    expect(of('hotkey').detail).toMatch(/^Ctrl\+Alt\+Space grabbed in \d+ ms and released \(x11\)$/);
    expect(of('microphone').detail).toMatch(/^pulse, .+: first sound after \d+ ms, -\d+ dBFS$/);
    expect(of('sounds').detail).toMatch(/\/paplay$/);
    expect(of('detector').detail).toMatch(/^silero: \d\.\d s of speech .* none in silence/);
    expect(of('endpoint').detail).toMatch(
      /^smart-turn: 9\d % sure that the bundled recording is finished, in \d+ ms$/,
    );
    expect(of('whisper').detail).toMatch(
      /^tiny\.en: loaded in \d+ ms, SHA-256 correct, 2[0-5] of 25 words .* in \d+ ms$/,
    );
    expect(of('project').detail).toBe(`backend: ${user.home.project}`);
    expect(of('focus').detail).toBe('not needed with one project');
    expect(of('codex').detail).toMatch(/^\d+\.\d+\.\d+, \/.*: the app-server answered after \d+ ms/);
    expect(of('notifications').detail).toMatch(
      /^dunst .*: a notification was shown after \d+ ms and removed/,
    );
    expect(of('tray').detail).toMatch(
      /^no panel here shows icons; everything else works without it\. .* AppIndicator/,
    );

    expect(await filesOf(user.home)).toEqual(before);
    expect(await leftOvers(user.home.codexHome)).toEqual([]);
    expect(await desktop.audio.sourceOutputs()).toEqual([]);
    await desktop.notifications.caughtUp();
    const [bubble] = desktop.notifications.sent.slice(-1);
    expect(bubble).toMatchObject({ summary: 'codex-voice doctor', hints: { urgency: 0 } });
    const closed = { member: 'CloseNotification', body: [bubble?.id] };
    expect(desktop.notifications.signals).toContainEqual(closed);
    await (await steal('Ctrl+Alt+Space')).stop();
  });

  it('asks a running daemon for what only one can have', async () => {
    await using daemon = await startDaemon(desktop.env);
    const { status, stdout } = await daemon.cli('doctor', '--json');
    const results = JSON.parse(stdout) as CheckResult[];
    expect(results.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(status).toBe(0);
    const detail = (name: string) => results.find((each) => each.name === name)?.detail;
    expect(detail('daemon')).toBe(`version 0.1.0, pid ${daemon.process.pid}, idle`);
    expect(detail('priority')).toMatch(/^high: nice -?\d+/);
    expect(detail('hotkey')).toBe('Ctrl+Alt+Space held by the daemon (x11)');
    expect(detail('codex')).toMatch(/session idle, model demo, thread /);
    expect(detail('state')).toMatch(/: private, 0 utterances in the journal$/);
    expect(detail('runtime')).toMatch(/: private$/);

    await writeFile(daemon.home.config, 'nonsense');
    const broken = await daemon.cli('doctor');
    expect(broken.status).toBe(1);
    expect(broken.stdout).toMatch(/^failed {2}settings .*config\.toml:1: .*\[config-invalid\]$/m);
    expect(broken.stdout).toContain("The checks below use the daemon's last good settings.");
    expect(broken.stdout).toMatch(new RegExp(`\n1 failed, ${PARTS.length - 1} ok\n$`));
  });
});

describe('doctor names what is wrong', () => {
  it('a key that another program has, a muted microphone, no notification server, a Codex that is signed out', async () => {
    await noise.stop();
    await writeFile(join(user.home.codexHome, 'config.toml'), 'check_for_update_on_startup = false\n');
    await using bus = await startSessionBus();
    const thief = await steal('Ctrl+Alt+Space');
    try {
      const { status, trouble, of } = await user.doctor(bus.env);
      expect(trouble).toEqual([
        NO_DAEMON,
        'hotkey failed: hotkey-taken',
        'microphone warning: microphone-silent',
        'codex failed: codex-signed-out',
        'notifications failed: notifications-unavailable',
      ]);
      expect(of('hotkey').detail).toContain('key-thief.ts');
      expect(of('microphone').hint).toContain('muted');
      expect(of('codex').hint).toContain('codex login');
      expect(of('notifications').detail).toContain('no notification server is running');
      expect(status).toBe(1);
      expect(await leftOvers(user.home.codexHome)).toEqual([]);
    } finally {
      await thief.stop();
    }
  });

  it('a state folder that cannot be one, a runtime folder open to others, a project that is gone; no display, which is only a warning', async () => {
    await writeFile(join(user.home.path, 'file'), '');
    await mkdir(join(user.home.path, 'run', 'codex-voice'), { mode: 0o755 });
    await chmod(join(user.home.path, 'run', 'codex-voice'), 0o755);
    await writeFile(
      user.home.config,
      `[codex]\ncommand = "${CODEX}"\ndirectory = "${user.home.path}/gone"\n`,
    );
    const { status, trouble, of } = await user.doctor({
      XDG_STATE_HOME: join(user.home.path, 'file'),
      DISPLAY: undefined,
    });
    expect(trouble).toEqual([
      'state failed: state-unwritable',
      'runtime failed: folder-unsafe',
      NO_DAEMON,
      'hotkey warning: hotkey-unavailable',
      'project failed: directory-missing',
    ]);
    expect(of('hotkey').hint).toContain('`codex-voice keys`');
    expect(of('runtime').hint).toContain('chmod 700');
    expect(status).toBe(1);
  });
});

async function steal(chord: string): Promise<TestProcess> {
  const thief = await startProcess(process.execPath, [THIEF, chord], { env: desktop.env });
  await waitFor('the other program', () => thief.stdout().includes('grabbed'));
  return thief;
}

/** The files of this program and of the project; caches, and what Codex and PulseAudio make for themselves, are not. */
async function filesOf({ path }: TestHome): Promise<string[]> {
  const own = /^(state|run|project|tmp|data|config\/codex-voice)(\/|$)/;
  const names = await readdir(path, { recursive: true });
  return names.filter((name) => own.test(name)).sort();
}
