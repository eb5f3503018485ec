import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DaemonStatus } from '../../src/control/status.ts';
import { lockFile } from '../../src/files/file-lock.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { type GetOptions, getModel, type ModelSource } from '../../src/models/get.ts';
import { type CliResult, makeHome, startDaemon, type TestDaemon, type TestHome } from '../support/desktop.ts';
import { GGML_BYTES, ggmlModel } from '../support/ggml-model.ts';
import { temporaryFolder as emptyFolder, type TemporaryFolder } from '../support/process.ts';
import { type ReleaseServer, serveReleases } from '../support/release-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The same weights under two names of a host. */
const FILES = ['first.bin', 'second.bin'];

let server: ReleaseServer;
let served: TemporaryFolder;

beforeAll(async () => {
  served = await emptyFolder();
  for (const name of FILES) copyFileSync(ggmlModel.path, join(served.path, name));
  server = await serveReleases(served.path);
});
afterAll(async () => {
  await server.close();
  await served.remove();
});
beforeEach(() => server.heal());

const source = (file: string): ModelSource => ({
  url: `${server.url}/${file}`,
  file,
  size: GGML_BYTES,
  sha256: ggmlModel.sha256,
});

function get(file: string, folder: string, changes: Partial<GetOptions> = {}) {
  const options = { signal: new AbortController().signal, logger: pino({ level: 'silent' }) };
  return getModel(source(file), { folder, retryMs: 1, stallMs: 2_000, ...options, ...changes });
}

describe('a model arrives', () => {
  test('over a connection that breaks and stalls, in a private file; a second time nothing is asked', async () => {
    const folder = join(temporaryFolder(), 'models');
    server.fault('first.bin', { kind: 'cut', at: 9_000_000 }, 1);
    server.fault('first.bin', { kind: 'stall', at: 20_000_000 }, 1);
    let seen = 0;
    const { path, already } = await get('first.bin', folder, { stallMs: 500, onProgress: (n) => (seen = n) });
    expect(already).toBe(false);
    expect(seen).toBe(GGML_BYTES);
    expect(readFileSync(path).equals(readFileSync(ggmlModel.path))).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(existsSync(`${path}.partial`)).toBe(false);
    const asked = server.requests.length;
    expect(await get('first.bin', folder)).toEqual({ path, already: true });
    expect(server.requests).toHaveLength(asked);
  });

  test('in two runs: the second goes on where the first was stopped', async () => {
    const folder = temporaryFolder();
    const stop = new AbortController();
    server.fault('second.bin', { kind: 'stall', at: 12_000_000 }, 1);
    const first = get('second.bin', folder, {
      signal: stop.signal,
      stallMs: 60_000,
      onProgress: (bytes) => bytes >= 11_000_000 && stop.abort(),
    });
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    expect(existsSync(join(folder, 'second.bin'))).toBe(false);
    const before = server.requests.length;
    await get('second.bin', folder);
    const ranges = server.requests.slice(before).map(({ range }) => range);
    expect(ranges).toEqual([expect.stringMatching(/^bytes=1\d{7}-$/)]);
  });

  test('once: another process that downloads it too is told so', async () => {
    const folder = temporaryFolder();
    const unlock = lockFile(join(folder, 'first.bin.lock'));
    await expect(get('first.bin', folder)).rejects.toMatchObject({ code: 'model-busy' });
    unlock?.();
  });
});

describe('a model that is not right', () => {
  test('never takes the place of one, and is not kept', async () => {
    const folder = temporaryFolder();
    server.fault('first.bin', { kind: 'wrong', at: 30_000_000 });
    await expect(get('first.bin', folder)).rejects.toMatchObject({ code: 'model-corrupt' });
    expect(existsSync(join(folder, 'first.bin'))).toBe(false);
    expect(existsSync(join(folder, 'first.bin.partial'))).toBe(false);
  });

  test('that is on the disk already is downloaded again', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'first.bin'), 'half a model');
    expect(await get('first.bin', folder)).toMatchObject({ already: false });
    expect(statSync(join(folder, 'first.bin')).size).toBe(GGML_BYTES);
  });

  test('or not there: a clear error', async () => {
    server.fault('first.bin', { kind: 'status', status: 404 });
    const error = { code: 'model-unreachable', message: expect.stringContaining('404') };
    await expect(get('first.bin', temporaryFolder())).rejects.toMatchObject(error);
  });

  test('or larger than the disk', async () => {
    const folder = temporaryFolder();
    const huge = { ...source('first.bin'), size: 2 ** 50 };
    const options = { folder, signal: new AbortController().signal, logger: pino({ level: 'silent' }) };
    await expect(getModel(huge, options)).rejects.toMatchObject({ code: 'disk-full' });
  });
});

describe('the verbs, with a daemon that goes on', () => {
  let home: TestHome;
  let daemon: TestDaemon;
  let models: string;

  beforeAll(async () => {
    home = await makeHome();
    daemon = await startDaemon({ ...process.env, ...home.env }, { home });
    models = pathsOf(daemon.env).models;
  });
  afterAll(async () => {
    await daemon.stop();
    await home.remove();
  });

  const verb = (...words: string[]): Promise<CliResult> => daemon.cli(...words);
  const status = (): Promise<DaemonStatus> => daemon.json('status', '--json');

  test('get an address, use it without a restart, and back', async () => {
    const { url } = source('first.bin');
    expect(await verb('models', 'get', url)).toMatchObject({ status: 2 });
    const got = await verb('models', 'get', url, '--sha256', ggmlModel.sha256);
    expect(got).toMatchObject({ status: 0, stdout: expect.stringContaining(join(models, 'first.bin')) });
    expect(await verb('models', 'use', 'first.bin')).toMatchObject({ status: 0 });
    const { pid, transcriber } = await status();
    expect(transcriber).toMatchObject({ model: 'first.bin', state: 'ready' });
    expect(pid).toBe(daemon.process.pid);
    expect((await verb('models')).stdout).toMatch(/^\* first\.bin/m);
    expect((await verb('models', 'remove', 'first.bin')).stderr).toContain('in use');
    expect(await verb('models', 'use', 'tiny.en')).toMatchObject({ status: 0 });
    expect(await verb('models', 'remove', 'first.bin')).toMatchObject({ status: 0 });
    expect(existsSync(join(models, 'first.bin'))).toBe(false);
  });

  test('a model that cannot be loaded is not taken: the one before stays, now and at the next start', async () => {
    mkdirSync(dirname(join(models, 'broken.bin')), { recursive: true });
    writeFileSync(join(models, 'broken.bin'), 'not a model');
    const refused = await verb('models', 'use', 'broken.bin');
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('model-corrupt') });
    expect((await status()).transcriber.model).toContain('tiny.en');
    expect(JSON.parse((await verb('config', 'print', '--json')).stdout)).toMatchObject({
      performance: { whisper_model: 'tiny.en' },
    });
  });

  test('bench measures what is here, and guesses the rest', async () => {
    const { stdout } = await verb('models', 'bench', 'tiny.en', '--json');
    const report = JSON.parse(stdout);
    expect(report.measured).toEqual([
      expect.objectContaining({ name: 'tiny.en', text: expect.stringMatching(/movable metal letters/i) }),
    ]);
    const ms = report.measured[0].decodeMs;
    const small = report.estimates.find(({ name }: { name: string }) => name === 'small.en');
    // The other engine takes five times as long with a model of the same size.
    expect(small.about_ms).toBe(Math.round((ms * 5 * 244) / 39));
    expect(report.recommended).toBe('tiny.en');
  });
});
