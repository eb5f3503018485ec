import { chmod, copyFile, open, readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/doctor/check.ts';
import { Journal } from '../../src/journal/journal.ts';
import { leftOvers } from '../support/codex.ts';
import { type QuietDesktop, runCli, startQuietDesktop } from '../support/desktop.ts';
import { DoctorUser, NO_DAEMON, PARTS } from '../support/doctor.ts';
import { FakeRtkit } from '../support/fake-rtkit.ts';
import { ggmlModel } from '../support/ggml-model.ts';
import { startProcess, waitFor } from '../support/process.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

let desktop: QuietDesktop;
/** Grants what this user may not take. */
let rtkit: FakeRtkit;
let user: DoctorUser;

beforeAll(async () => {
  desktop = await startQuietDesktop();
  rtkit = await FakeRtkit.start(desktop.bus.address);
});
afterAll(async () => {
  rtkit?.stop();
  await desktop?.stop();
});
beforeEach(async () => {
  user = await DoctorUser.arrive(desktop);
});
afterEach(() => user.home.remove());

describe('doctor --quick', () => {
  const bare = () =>
    user.environment({ DISPLAY: undefined, DBUS_SESSION_BUS_ADDRESS: undefined, PATH: '/nowhere' });

  it('needs no desktop, no microphone and no Codex', async () => {
    const { status, stdout } = await runCli(bare(), 'doctor', '--quick', '--json');
    const results = JSON.parse(stdout) as CheckResult[];
    expect(results.map(({ name, state }) => `${name} ${state}`)).toEqual([
      ...['program ok', 'settings ok', 'state ok', 'detector ok', 'whisper ok'],
    ]);
    expect(status).toBe(0);
  });

  it('fails when the model does not load', async () => {
    await user.writeConfig({ rest: `[performance]\nwhisper_model = "${user.home.config}"` });
    const { status, stdout } = await runCli(bare(), 'doctor', '--quick');
    expect(stdout).toMatch(/^failed {2}whisper /m);
    expect(status).toBe(1);
  });
});

describe('doctor names what is wrong', () => {
  it('config.toml with errors, each with its line', async () => {
    await user.writeConfig({ rest: '[speech]\nendpoint_ms = "soon"\n[hotkey]\nmodes = "toggle"' });
    const { status, of } = await user.doctor({}, '--quick');
    expect(status).toBe(1);
    expect(of('settings')).toMatchObject({ state: 'failed', code: 'config-invalid' });
    expect(of('settings').detail).toMatch(/:4: speech\.endpoint_ms: .*\n.*:6: hotkey\.modes: unknown key/);
    expect(of('settings').hint).toContain('use the default values');
  });

  it('a display that does not answer, no sound server, a Codex CLI that is not there', async () => {
    await user.writeConfig({ codex: 'codex-that-nobody-has' });
    const changes = { DISPLAY: ':59000', PULSE_SERVER: `unix:${user.home.path}/nobody` };
    const { status, trouble, of } = await user.doctor(changes);
    expect(trouble).toEqual([
      NO_DAEMON,
      'hotkey failed: display-lost',
      'microphone failed: microphone-failed',
      'codex failed: codex-missing',
    ]);
    expect(of('microphone').detail).toMatch(/parec: .*; \d other recorders fail too/);
    expect(status).toBe(1);
  });

  it.each([
    ['cut short', (model: string) => truncate(model, 20_000_000)],
    ['overwritten in its middle', (model: string) => overwrite(model, 10_000_000, 20_000_000)],
  ])('a model that is %s', async (_how, damage) => {
    const model = join(user.home.path, 'model.bin');
    await copyFile(ggmlModel.path, model);
    await damage(model);
    await user.writeConfig({ rest: `[performance]\nwhisper_model = "${model}"` });
    const { status, trouble, of } = await user.doctor({}, '--quick');
    expect(trouble).toEqual(['whisper failed: model-corrupt']);
    expect(of('whisper').detail).toContain(model);
    expect(status).toBe(1);
  });

  it('a damaged journal, and leaves it as it is', async () => {
    const file = join(user.home.state, 'journal.sqlite');
    Journal.open(file, { logger: pino({ level: 'silent' }) }).close();
    await overwrite(file, 0, 4_096);
    const before = await readFile(file);
    const { status, trouble, of } = await user.doctor({}, '--quick');
    expect(trouble).toEqual(['state failed: journal-failed']);
    expect(of('state').hint).toContain('Nothing is deleted');
    expect(status).toBe(1);
    expect((await readFile(file)).equals(before)).toBe(true);
  });

  it('a journal of a newer version, and one that others can read', async () => {
    const file = join(user.home.state, 'journal.sqlite');
    Journal.open(file, { logger: pino({ level: 'silent' }) }).close();
    await chmod(file, 0o644);
    expect((await user.doctor({}, '--quick')).of('state')).toMatchObject({
      state: 'warning',
      code: 'folder-unsafe',
    });
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 999');
    database.close();
    const { of } = await user.doctor({}, '--quick');
    expect(of('state')).toMatchObject({ state: 'failed', code: 'journal-failed' });
    expect(of('state').detail).toContain('version 999');
  });

  it('no program that records or plays, in words for a person', async () => {
    const { status, stdout } = await runCli(user.environment({ PATH: '/nowhere' }), 'doctor');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^failed {2}microphone .*\[microphone-missing\]\n +-> Run `sudo apt install /m);
    expect(stdout).toMatch(/^warning sounds .*\n +-> Run `sudo apt install /m);
    expect(stdout).toMatch(/^ok {6}detector /m);
    const trouble = stdout.match(/^(warning|failed) +\S+/gm)?.map((line) => line.split(/ +/)[1]);
    expect(trouble).toEqual(['daemon', 'microphone', 'sounds']);
    expect(stdout).toMatch(new RegExp(`\n1 failed, 2 warnings, ${PARTS.length - 3} ok\n$`));
  });
});

describe('doctor that is interrupted', () => {
  // The one after them is under way then: Whisper, Codex.
  it.each(['detector', 'project'])('after the check of the %s ends what it has begun', async (part) => {
    const verb = await startProcess(process.execPath, [MAIN, 'doctor'], { env: user.environment() });
    await waitFor(`the check of the ${part}`, () => verb.stdout().includes(part));
    verb.child.kill('SIGINT');
    expect(await verb.exited).toBe(1);
    expect(verb.stdout()).not.toContain('notifications');
    expect(await leftOvers(user.home.codexHome)).toEqual([]);
    expect(await readdir(join(user.home.path, 'tmp'))).toEqual([]);
  });
});

/** Zeros instead of what is there. */
async function overwrite(file: string, from: number, to: number): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(to - from), 0, to - from, from);
  await handle.close();
}
