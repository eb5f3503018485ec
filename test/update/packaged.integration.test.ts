import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signRelease } from '../../scripts/sign-release.ts';
import { PUBLIC_KEY } from '../../src/update/public-key.ts';
import { packagedFile } from '../support/packaged.ts';
import { run, startProcess, waitFor } from '../support/process.ts';
import { type ReleaseServer, serveReleases } from '../support/release-server.ts';
import { keyPair } from '../support/update-stand.ts';

/**
 * The real single file updates itself. The one place in it that says its version, and the one with the public key,
 * are overwritten in copies: texts of the same length, so that all else stays as it was built.
 */
const OWN = '0.1.0';
const NEXT = '9.9.9';
const TARGET = `${process.platform}-${process.arch}`;
const keys = keyPair();

let folder: string;
let program: string;
let server: ReleaseServer;
let env: NodeJS.ProcessEnv;

/** Overwrites the only occurrence of a text. */
function overwrite(content: Buffer, text: string, by: string): void {
  const at = content.indexOf(text);
  expect([at >= 0, content.indexOf(text, at + 1), by.length]).toEqual([true, -1, text.length]);
  content.write(by, at, 'latin1');
}

function keyLine(pem: string): string {
  return pem.split('\n')[1] ?? '';
}

const versionText = (version: string) => `{name:"codex-voice",version:"${version}"`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codex-voice-test-'));
  const bin = join(folder, 'bin');
  const release = join(folder, 'releases', `v${NEXT}`);
  for (const each of [bin, release, join(folder, 'home')]) mkdirSync(each, { recursive: true });
  const content = readFileSync(await packagedFile());
  overwrite(content, keyLine(PUBLIC_KEY), keyLine(keys.publicKey));
  program = join(bin, 'codex-voice');
  writeFileSync(program, content, { mode: 0o755 });
  overwrite(content, versionText(OWN), versionText(NEXT));
  const next = join(release, `codex-voice-${NEXT}-${TARGET}`);
  writeFileSync(next, content);
  linkSync(next, `${next}.xz`); // Nobody unpacks it here.
  await signRelease({
    folder: release,
    version: NEXT,
    channel: 'stable',
    targets: [TARGET],
    ...keys,
    level: 1,
  });
  await rm(`${next}.xz`);
  await rm(next);
  await cp(release, join(folder, 'releases', 'latest'), {
    recursive: true,
    filter: (name) => !name.endsWith('.zst'),
  });
  server = await serveReleases(join(folder, 'releases'));
  env = {
    PATH: '/usr/bin:/bin',
    HOME: join(folder, 'home'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
    CODEX_VOICE_BASE_URL: server.url,
  };
  mkdirSync(join(folder, 'run'), { mode: 0o700 });
});

afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

const verb = async (...args: string[]): Promise<string> => (await run(program, args, { env })).trim();
const json = async (...args: string[]) => JSON.parse(await verb(...args, '--json'));

test('a release that another key has signed is refused', async () => {
  const file = await packagedFile();
  const asked = await startProcess(file, ['update', '--check'], { env });
  expect(await asked.exited).toBe(1);
  expect(asked.stderr()).toContain('[update-refused]');
});

test('killed with kill -9 it leaves the old version, and the next verb tidies up', async () => {
  const updating = spawn(program, ['update'], { env, stdio: 'ignore' });
  const ended = once(updating, 'close');
  const prepared = join(folder, 'bin', '.codex-voice.update');
  await waitFor('the new file', () => existsSync(prepared) || updating.exitCode !== null, {
    timeout: 120_000,
    every: 2,
  });
  updating.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(existsSync(prepared)).toBe(true);
  expect(await verb('version')).toBe(OWN);
  expect(existsSync(prepared)).toBe(false);
});

test('it becomes the new version, and so does its daemon', async () => {
  expect(await json('update', '--check')).toEqual({
    current: OWN,
    latest: NEXT,
    newer: true,
    channel: 'stable',
    date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    stale: false,
    command: 'codex-voice update',
    own: true,
  });
  const daemon = await startProcess(program, ['daemon'], { env, cwd: folder });
  try {
    const status = async () => json('status').catch(() => null);
    const before = await waitFor('the daemon', async () => {
      const now = await status();
      return now?.transcriber.state === 'ready' && now.idle ? now : null;
    });
    expect(await json('update')).toEqual({ state: 'updated', from: OWN, to: NEXT, restarted: true });
    expect(await verb('version')).toBe(NEXT);
    expect(await status()).toMatchObject({ version: NEXT, pid: before.pid, project: before.project });
    expect(await json('update')).toMatchObject({ state: 'current' });
  } finally {
    await daemon.stop();
  }
  const kept = `${program}.old`;
  chmodSync(kept, 0o755);
  expect((await run(kept, ['version'], { env })).trim()).toBe(OWN);
});
