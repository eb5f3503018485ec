import { chmod, copyFile, mkdir, open, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/daemon/checks/check.ts';
import { writeCodexHome } from '../../src/demo/codex-home.ts';
import { Journal } from '../../src/journal/journal.ts';
import { leftOvers } from '../support/codex.ts';
import {
  type Desktop,
  makeHome,
  runCli,
  startDaemon,
  startDesktop,
  type TestHome,
} from '../support/desktop.ts';
import { FakeRtkit } from '../support/fake-rtkit.ts';
import { ggmlModel } from '../support/ggml-model.ts';
import { startProcess, type TestProcess, waitFor } from '../support/process.ts';
import { startSessionBus } from '../support/session-bus.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const CODEX = fileURLToPath(new URL('../../node_modules/.bin/codex', import.meta.url));
const THIEF = fileURLToPath(new URL('../support/key-thief.ts', import.meta.url));

const PARTS = [
  'program',
  'settings',
  'state',
  'runtime',
  'daemon',
  'priority',
  'hotkey',
  'microphone',
  'sounds',
  'voice',
  'detector',
  'endpoint',
  'whisper',
  'server',
  'project',
  'codex',
  'notifications',
  'tray',
];

let desktop: Desktop;
/** Grants what this user may not take. */
let rtkit: FakeRtkit;
let home: TestHome;
/** A noise in the room. */
let noise: TestProcess;

beforeAll(async () => {
  desktop = await startDesktop();
  rtkit = await FakeRtkit.start(desktop.bus.address);
});
afterAll(async () => {
  rtkit.stop();
  await desktop.stop();
});

beforeEach(async () => {
  home = await makeHome();
  // Nobody is asked for an answer, so nothing needs to listen there.
  await writeCodexHome(home.codexHome, 'http://127.0.0.1:9/v1');
  await writeConfig();
  noise = await makeNoise();
});
afterEach(async () => {
  await noise.stop();
  await home.remove();
});

function makeNoise(): Promise<TestProcess> {
  const options = ['--device=mic', '--raw', '--volume=2000', '--latency-msec=20', '/dev/urandom'];
  return startProcess('pacat', ['--playback', ...options], { env: desktop.env });
}

async function writeConfig({ codex = CODEX, rest = '' } = {}): Promise<void> {
  const project = `[[project]]\nname = "backend"\npath = "${home.project}"\n`;
  await writeFile(home.config, `[codex]\ncommand = "${codex}"\n${rest}\n${project}`);
}

/** The environment of the desktop's user, with changes; undefined removes a variable. */
function environment(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env = { ...desktop.env, ...home.env, OPENAI_API_KEY: undefined, ...changes };
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}

interface Report {
  status: number | null;
  results: CheckResult[];
  /** The result of a part. */
  of(name: string): CheckResult;
  /** `name: code` of everything that is not well. */
  trouble: string[];
}

async function doctor(changes: NodeJS.ProcessEnv = {}, ...args: string[]): Promise<Report> {
  const { status, stdout, stderr } = await runCli(environment(changes), 'doctor', '--json', ...args);
  expect(stderr).toBe('');
  const results = JSON.parse(stdout) as CheckResult[];
  const of = (name: string): CheckResult => {
    const result = results.find((each) => each.name === name);
    if (!result) throw new Error(`no check "${name}"`);
    return result;
  };
  const trouble = results
    .filter(({ state }) => state !== 'ok')
    .map(({ name, state, code }) => `${name} ${state}: ${code}`);
  return { status, results, of, trouble };
}

const NO_DAEMON = 'daemon warning: daemon-missing';

describe('doctor where all is well', () => {
  it('proves every part with a figure, and leaves nothing behind', async () => {
    const before = await filesOf(home);
    const { status, results, of, trouble } = await doctor();
    expect(trouble).toEqual([NO_DAEMON]);
    expect(status).toBe(0);
    expect(results.map(({ name }) => name)).toEqual(PARTS);
    expect(of('daemon').hint).toContain('codex-voice start');
    expect(of('priority').detail).toMatch(/^the daemon gets high priority, by (?:setpriority|rtkit)$/);
    expect(of('hotkey').detail).toMatch(/^Ctrl\+Alt\+Space grabbed in \d+ ms and let go \(x11\)$/);
    expect(of('microphone').detail).toMatch(/^parec: first sound after \d+ ms, -\d+ dBFS$/);
    expect(of('sounds').detail).toMatch(/\/paplay$/);
    expect(of('detector').detail).toMatch(/^silero: \d\.\d s of speech .* none in silence/);
    expect(of('endpoint').detail).toMatch(
      /^smart-turn: the bundled recording is finished with 9\d %, in \d+ ms$/,
    );
    expect(of('whisper').detail).toMatch(
      /^tiny\.en: loaded in \d+ ms, SHA-256 right, 2[0-5] of 25 words .* in \d+ ms$/,
    );
    expect(of('project').detail).toBe(`backend: ${home.project}`);
    expect(of('codex').detail).toMatch(/^\d+\.\d+\.\d+, \/.*: the app-server answers after \d+ ms/);
    expect(of('notifications').detail).toMatch(/^dunst .*: a bubble shown after \d+ ms and taken away/);
    expect(of('tray').detail).toMatch(/^no panel here shows icons; that is all right, .* AppIndicator/);

    expect(await filesOf(home)).toEqual(before);
    expect(await leftOvers(home.codexHome)).toEqual([]);
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

describe('doctor --quick', () => {
  const bare = () =>
    environment({ DISPLAY: undefined, DBUS_SESSION_BUS_ADDRESS: undefined, PATH: '/nowhere' });

  it('needs no desktop, no microphone and no Codex', async () => {
    const { status, stdout } = await runCli(bare(), 'doctor', '--quick', '--json');
    const results = JSON.parse(stdout) as CheckResult[];
    expect(results.map(({ name, state }) => `${name} ${state}`)).toEqual([
      ...['program ok', 'settings ok', 'state ok', 'detector ok', 'whisper ok'],
    ]);
    expect(status).toBe(0);
  });

  it('fails when the model does not load', async () => {
    await writeConfig({ rest: `[performance]\nwhisper_model = "${home.config}"` });
    const { status, stdout } = await runCli(bare(), 'doctor', '--quick');
    expect(stdout).toMatch(/^failed {2}whisper /m);
    expect(status).toBe(1);
  });
});

describe('doctor names what is wrong', () => {
  it('config.toml with errors, each with its line', async () => {
    await writeConfig({ rest: '[speech]\nendpoint_ms = "soon"\n[hotkey]\nmodes = "toggle"' });
    const { status, of } = await doctor({}, '--quick');
    expect(status).toBe(1);
    expect(of('settings')).toMatchObject({ state: 'failed', code: 'config-invalid' });
    expect(of('settings').detail).toMatch(/:4: speech\.endpoint_ms: .*\n.*:6: hotkey\.modes: unknown key/);
    expect(of('settings').hint).toContain('use the default values');
  });

  it('no display: only a warning, with the other way', async () => {
    const { status, trouble, of } = await doctor({ DISPLAY: undefined });
    expect(trouble).toEqual([NO_DAEMON, 'hotkey warning: hotkey-unavailable']);
    expect(of('hotkey').hint).toContain('`codex-voice toggle`');
    expect(status).toBe(0);
  });

  it('a display that does not answer, no sound server, a Codex CLI that is not there', async () => {
    await writeConfig({ codex: 'codex-that-nobody-has' });
    const changes = { DISPLAY: ':59000', PULSE_SERVER: `unix:${home.path}/nobody` };
    const { status, trouble, of } = await doctor(changes);
    expect(trouble).toEqual([
      NO_DAEMON,
      'hotkey failed: display-lost',
      'microphone failed: microphone-failed',
      'codex failed: codex-missing',
    ]);
    expect(of('microphone').detail).toMatch(/parec: .*; \d other recorders fail too/);
    expect(status).toBe(1);
  });

  it('a key that another program has, a muted microphone, no notification server, a Codex that is signed out', async () => {
    await noise.stop();
    await writeFile(join(home.codexHome, 'config.toml'), 'check_for_update_on_startup = false\n');
    await using bus = await startSessionBus();
    const thief = await steal('Ctrl+Alt+Space');
    try {
      const { status, trouble, of } = await doctor(bus.env);
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
      expect(await leftOvers(home.codexHome)).toEqual([]);
    } finally {
      await thief.stop();
    }
  });

  it.each([
    ['cut short', (model: string) => truncate(model, 20_000_000)],
    ['overwritten in its middle', (model: string) => overwrite(model, 10_000_000, 20_000_000)],
  ])('a model that is %s', async (_how, damage) => {
    const model = join(home.path, 'model.bin');
    await copyFile(ggmlModel.path, model);
    await damage(model);
    await writeConfig({ rest: `[performance]\nwhisper_model = "${model}"` });
    const { status, trouble, of } = await doctor({}, '--quick');
    expect(trouble).toEqual(['whisper failed: model-corrupt']);
    expect(of('whisper').detail).toContain(model);
    expect(status).toBe(1);
  });

  it('a state folder that cannot be one, a runtime folder open to others, a project that is gone', async () => {
    await writeFile(join(home.path, 'file'), '');
    await mkdir(join(home.path, 'run', 'codex-voice'), { mode: 0o755 });
    await chmod(join(home.path, 'run', 'codex-voice'), 0o755);
    await writeFile(home.config, `[codex]\ncommand = "${CODEX}"\ndirectory = "${home.path}/gone"\n`);
    const { status, trouble, of } = await doctor({ XDG_STATE_HOME: join(home.path, 'file') });
    expect(trouble).toEqual([
      'state failed: state-unwritable',
      'runtime failed: folder-unsafe',
      NO_DAEMON,
      'project failed: directory-missing',
    ]);
    expect(of('runtime').hint).toContain('chmod 700');
    expect(status).toBe(1);
  });

  it('a damaged journal, and leaves it as it is', async () => {
    const file = join(home.state, 'journal.sqlite');
    Journal.open(file, { logger: pino({ level: 'silent' }) }).close();
    await overwrite(file, 0, 4_096);
    const before = await readFile(file);
    const { status, trouble, of } = await doctor({}, '--quick');
    expect(trouble).toEqual(['state failed: journal-failed']);
    expect(of('state').hint).toContain('nothing is deleted');
    expect(status).toBe(1);
    expect((await readFile(file)).equals(before)).toBe(true);
  });

  it('a journal of a newer version, and one that others can read', async () => {
    const file = join(home.state, 'journal.sqlite');
    Journal.open(file, { logger: pino({ level: 'silent' }) }).close();
    await chmod(file, 0o644);
    expect((await doctor({}, '--quick')).of('state')).toMatchObject({
      state: 'warning',
      code: 'folder-unsafe',
    });
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 999');
    database.close();
    const { of } = await doctor({}, '--quick');
    expect(of('state')).toMatchObject({ state: 'failed', code: 'journal-failed' });
    expect(of('state').detail).toContain('version 999');
  });

  it('no program that records or plays, in words for a person', async () => {
    const { status, stdout } = await runCli(environment({ PATH: '/nowhere' }), 'doctor');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^failed {2}microphone .*\[microphone-missing\]\n +-> Run `sudo apt install /m);
    expect(stdout).toMatch(/^warning sounds .*\n +-> Run `sudo apt install /m);
    expect(stdout).toMatch(/^ok {6}detector /m);
    expect(stdout).toMatch(new RegExp(`\n1 failed, 2 warnings, ${PARTS.length - 3} ok\n$`));
  });
});

describe('doctor that is interrupted', () => {
  // The one after them is under way then: Whisper, Codex.
  it.each(['detector', 'project'])('after the check of the %s ends what it has begun', async (part) => {
    const verb = await startProcess(process.execPath, [MAIN, 'doctor'], { env: environment() });
    await waitFor(`the check of the ${part}`, () => verb.stdout().includes(part));
    verb.child.kill('SIGINT');
    expect(await verb.exited).toBe(1);
    expect(verb.stdout()).not.toContain('notifications');
    expect(await leftOvers(home.codexHome)).toEqual([]);
    expect(await readdir(join(home.path, 'tmp'))).toEqual([]);
  });
});

async function steal(chord: string): Promise<TestProcess> {
  const thief = await startProcess(process.execPath, [THIEF, chord], { env: desktop.env });
  await waitFor('the other program', () => thief.stdout().includes('grabbed'));
  return thief;
}

/** Zeros instead of what is there. */
async function overwrite(file: string, from: number, to: number): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(to - from), 0, to - from, from);
  await handle.close();
}

/** The files of this program and of the project; caches, and what Codex and PulseAudio make for themselves, are not. */
async function filesOf({ path }: TestHome): Promise<string[]> {
  const own = /^(state|run|project|tmp|data|config\/codex-voice)(\/|$)/;
  const names = await readdir(path, { recursive: true });
  return names.filter((name) => own.test(name)).sort();
}
