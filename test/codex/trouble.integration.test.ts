import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkCodex } from '../../src/codex/check.ts';
import {
  type CodexBench,
  codexBench,
  leftOvers,
  outcome,
  SessionLog,
  serverPid,
  silent,
} from '../support/codex.ts';

const ODD_SERVER = fileURLToPath(new URL('../support/odd-app-server.ts', import.meta.url));

describe('what can be wrong with Codex', () => {
  let bench: CodexBench;

  beforeEach(async () => {
    bench = await codexBench();
  });
  afterEach(() => bench.close());

  /** A program in the bench's folder, in the place of Codex. */
  async function fakeCodex(script: string): Promise<string> {
    const path = join(bench.directory, 'fake-codex');
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  }

  async function failure(command: string): Promise<unknown> {
    const session = bench.session({ command });
    await expect(session.start()).rejects.toThrow();
    expect(session.status.state).toBe('down');
    return session.status.reason;
  }

  test('the program is missing', async () => {
    const reason = { code: 'codex-missing', message: expect.stringContaining('no-such-codex') };
    expect(await failure('no-such-codex')).toMatchObject(reason);
    expect(await failure('/nowhere/no-such-codex')).toMatchObject(reason);
    expect(await failure(bench.directory)).toMatchObject({ code: 'codex-missing' });
  });

  test('the version is too old, unknown, or the program fails', async () => {
    expect(await failure(await fakeCodex('echo codex-cli 0.50.0'))).toMatchObject({
      code: 'codex-version',
      message: expect.stringContaining('0.50.0'),
      hint: expect.stringContaining('0.169.0'),
    });
    expect(await failure(await fakeCodex('echo hello'))).toMatchObject({ code: 'codex-version' });
    expect(await failure(await fakeCodex('echo dying >&2; exit 7'))).toMatchObject({
      code: 'codex-version',
      message: expect.stringContaining('dying'),
    });
  });

  test('an older version that can do what is needed, and a newer one, are taken', async () => {
    const older = `[ "$1" = --version ] && { echo codex-cli 0.168.1; exit; }; exec codex "$@"`;
    const newer = older.replace('0.168.1', '1.2.3');
    for (const [script, version] of [
      [older, '0.168.1'],
      [newer, '1.2.3'],
    ] as const) {
      expect(await checkCodex(await fakeCodex(script), bench.env, silent)).toMatchObject({ version });
    }
  });

  test('Codex does not start: its reason is told, not the end of a stack trace', async () => {
    const env = { ...bench.env, CODEX_HOME: join(bench.home, 'nowhere'), RUST_BACKTRACE: '1' };
    await expect(checkCodex('codex', env, silent)).rejects.toMatchObject({
      code: 'codex-down',
      message: expect.stringMatching(/CODEX_HOME points to .*nowhere.*does not exist/),
    });
  });

  test('nobody is signed in', async () => {
    await writeFile(join(bench.home, 'config.toml'), '[features]\ndaemon_auto_start = false\n');
    expect(await failure('codex')).toMatchObject({
      code: 'codex-signed-out',
      hint: expect.stringContaining('codex login'),
    });
    await expect(checkCodex('codex', bench.env, silent)).rejects.toMatchObject({ code: 'codex-signed-out' });
  });

  test('the folder is gone', async () => {
    await rm(bench.directory, { recursive: true });
    expect(await failure('codex')).toMatchObject({ code: 'directory-missing' });
    await mkdir(bench.directory);
  });

  test.each([
    ['dies', 'codex-down', 'Codex ended before it answered initialize: Error: out of file descriptors'],
    ['refuses', 'codex-down', 'Codex refused initialize: not today'],
    ['odd', 'codex-version', 'Codex answered initialize in an unknown form.'],
  ])('an app-server that %s: a code, its words and a hint', async (what, code, message) => {
    const run = `exec ${process.execPath} ${ODD_SERVER} "$@" ${what}`;
    const command = await fakeCodex(`[ "$1" = --version ] && { echo codex-cli 0.169.0; exit; }; ${run}`);
    const reason = { code, message, hint: expect.stringMatching(/\w/) };
    expect(await failure(command)).toMatchObject(reason);
    await expect(checkCodex(command, bench.env, silent)).rejects.toMatchObject(reason);
  });

  test('the folder of the socket cannot be used', async () => {
    const file = join(bench.directory, 'file');
    await writeFile(file, '');
    const session = bench.session({ socketFolder: join(file, 'run') });
    await expect(session.start()).rejects.toMatchObject({
      code: 'codex-down',
      message: expect.stringContaining('ENOTDIR'),
      hint: expect.stringContaining('XDG_RUNTIME_DIR'),
    });
  });

  test('the first run of a home below TMPDIR', async () => {
    const home = join(bench.directory, 'home');
    const env: NodeJS.ProcessEnv = { ...bench.env, TMPDIR: bench.directory, HOME: home };
    delete env.CODEX_HOME;
    // It starts, and nobody is signed in there.
    await expect(checkCodex('codex', env, silent)).rejects.toMatchObject({ code: 'codex-signed-out' });
    expect((await stat(join(home, '.codex'))).mode & 0o777).toBe(0o700);
    const named = { ...env, CODEX_HOME: join(bench.directory, 'codex') };
    await expect(checkCodex('codex', named, silent)).rejects.toMatchObject({ code: 'codex-signed-out' });
  });

  test('a config that Codex refuses is told in its own words', async () => {
    await writeFile(join(bench.home, 'config.toml'), 'model = [1\n');
    const session = bench.session();
    await expect(session.start()).rejects.toMatchObject({
      code: 'codex-down',
      message: expect.stringMatching(/config|TOML/iu),
    });
  });

  test('the check proves a good one, and leaves nothing', async () => {
    const check = await checkCodex('codex', bench.env, silent);
    expect(check).toMatchObject({
      path: expect.stringMatching(/\/bin\/codex$/u),
      version: expect.stringMatching(/^0\.1\d\d\.\d+$/u),
    });
    expect(check.readyMs).toBeGreaterThan(0);
    expect(await leftOvers(bench.home)).toEqual([]);
  });

  test('five crashes in a row end in `down` with the reason, and the next prompt tries again', async () => {
    const broken = join(bench.directory, 'broken');
    const command = await fakeCodex(
      `[ "$1" = app-server ] && [ -e '${broken}' ] && { echo 'the disk is on fire' >&2; exit 1; }; exec codex "$@"`,
    );
    const session = bench.session({ command });
    const log = new SessionLog(session);
    await session.start();
    const { thread } = session.status;
    await outcome(session.submit('All is well'));
    await writeFile(broken, '');
    process.kill(await serverPid(bench), 'SIGKILL');
    const down = await log.waitFor((event) => event.type === 'status' && event.status.state === 'down');
    expect(down).toMatchObject({
      status: { reason: { code: 'codex-down', message: expect.stringMatching(/5 times in a row.*on fire/) } },
    });
    await expect(outcome(session.submit('Still broken'))).rejects.toMatchObject({ code: 'codex-down' });
    await rm(broken);
    expect(await outcome(session.submit('Repaired'))).toMatchObject({ type: 'completed' });
    expect(session.status).toMatchObject({ state: 'idle', thread });
    expect(bench.model.requests.at(-1)?.userTexts).toEqual(['All is well', 'Repaired']);
  });

  test('what a killed daemon leaves behind is ended by the next one, and nothing else', async () => {
    const holder = fileURLToPath(new URL('../support/session-holder.ts', import.meta.url));
    const child = spawn(process.execPath, [holder, bench.directory, bench.socketFolder], {
      env: bench.env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const orphan = await serverPid(bench);
    child.kill('SIGKILL');
    await once(child, 'close');
    const session = bench.session();
    await session.start();
    expect(await serverPid(bench)).not.toBe(orphan);
    const running = await leftOvers(bench.home, 0);
    expect(running.map((process) => Number.parseInt(process, 10))).not.toContain(orphan);
    expect(await outcome(session.submit('Hello again'))).toMatchObject({ type: 'completed' });
    await session.close();
    expect(await leftOvers(bench.home)).toEqual([]);
    expect(await readdir(bench.socketFolder)).toEqual(['token.sha256']);
    expect((await stat(bench.socketFolder)).mode & 0o777).toBe(0o700);
  });

  test('a record of a process that is not ours any more ends nobody', async () => {
    const bystander = spawn('sleep', ['60']);
    await mkdir(bench.socketFolder, { mode: 0o700 });
    await writeFile(
      join(bench.socketFolder, 'app-server.json'),
      JSON.stringify({ pid: bystander.pid, started: '1' }),
    );
    await bench.session().start();
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    bystander.kill();
    await once(bystander, 'close');
  });

  test('closing during the start leaves nothing', async () => {
    const session = bench.session();
    const started = session.start();
    await expect.poll(() => leftOvers(bench.home, 0), { timeout: 10_000, interval: 20 }).not.toEqual([]);
    await session.close();
    await expect(started).rejects.toThrow();
    expect(await leftOvers(bench.home)).toEqual([]);
    await expect(outcome(session.submit('Too late'))).rejects.toMatchObject({ code: 'codex-down' });
  });
});
