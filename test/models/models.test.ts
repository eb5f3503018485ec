import { randomBytes } from 'node:crypto';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { barOf } from '../../src/commands/progress-bar.ts';
import { catalogue, resolveModel } from '../../src/models/catalogue.ts';
import { chooseModels, readChosenModels } from '../../src/models/chosen.ts';
import { sourceAt, sourceOf } from '../../src/models/get.ts';
import { estimate, recommend } from '../../src/models/recommend.ts';
import { sha256Of, verifyModel } from '../../src/models/verify.ts';
import { parseSettings } from '../../src/settings/load.ts';
import { temporaryFolder } from '../support/process.ts';

const places = { home: '/home/ada', folder: '/srv/project' };

describe('what whisper_model means', () => {
  test('a catalogue name is the embedded file, with its hash', () => {
    const model = resolveModel('tiny.en', places);
    expect(model.name).toBe('tiny.en');
    expect(model.path).toMatch(/assets\/models\/ggml-tiny\.en-q8_0\.bin$/);
    expect(model.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['/models/ggml-base.bin', '/models/ggml-base.bin'],
    ['~/models/my model.gguf', '/home/ada/models/my model.gguf'],
    ['./ggml-base.bin', '/srv/project/ggml-base.bin'],
    ['models/../ggml-base.bin', '/srv/project/ggml-base.bin'],
    ['ggml-base.bin', '/srv/project/ggml-base.bin'],
  ])('%s is a path', (setting, path) => {
    expect(resolveModel(setting, places)).toMatchObject({ path, sha256: null });
  });

  test('anything else is an error that lists the names', () => {
    expect(() => resolveModel('huge', places)).toThrow(
      expect.objectContaining({ code: 'model-missing', hint: expect.stringContaining('tiny.en') }),
    );
  });
});

test('every embedded model is there, of its size, with its hash', async () => {
  for (const { name, bytes, sha256 } of catalogue.filter(({ origin }) => origin === 'embedded')) {
    const { path } = resolveModel(name, places);
    expect((await stat(path)).size).toBe(bytes);
    expect(await sha256Of(path)).toBe(sha256);
    await verifyModel(path, sha256);
  }
});

describe('a model file that is not what it should be', () => {
  test('the hash of "abc"', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'model.bin');
    await writeFile(path, 'abc');
    // The first example of FIPS 180-2.
    const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(await sha256Of(path)).toBe(sha256);
    await expect(verifyModel(path, sha256)).resolves.toBeUndefined();
    await expect(verifyModel(path, null)).resolves.toBeUndefined();
  });

  test('another content, or nothing: model-corrupt, names the file', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'model.bin');
    await writeFile(path, randomBytes(1_000));
    const corrupt = { code: 'model-corrupt', message: expect.stringContaining(path) };
    await expect(verifyModel(path, 'f'.repeat(64))).rejects.toMatchObject(corrupt);
    await writeFile(path, '');
    await expect(verifyModel(path, null)).rejects.toMatchObject(corrupt);
  });

  test('missing, a folder, or below a file: model-missing', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'folder'));
    await writeFile(join(folder.path, 'file'), 'x');
    for (const name of ['nothing', 'folder', 'file/model.bin']) {
      const path = join(folder.path, name);
      const missing = { code: 'model-missing', message: expect.stringContaining(path) };
      await expect(verifyModel(path, null)).rejects.toMatchObject(missing);
    }
  });
});

describe('which model suits this machine', () => {
  const measured = (name: string, decodeMs: number) => ({ name, decodeMs, loadMs: 0, rssMb: null, text: '' });

  test('the largest whose decode hides in the silence', () => {
    const all = [measured('tiny.en', 100), measured('base.en', 300), measured('small.en', 900)];
    expect(recommend(all, 600)?.name).toBe('base.en');
    expect(recommend(all, 1_000)?.name).toBe('small.en');
  });

  test('the quickest where none is quick enough, and none where none was measured', () => {
    expect(recommend([measured('base.en', 2_000), measured('tiny.en', 1_000)], 600)?.name).toBe('tiny.en');
    expect(recommend([], 600)).toBeNull();
  });

  test('others are estimated by their size', () => {
    const turbo = catalogue.find(({ name }) => name === 'large-v3-turbo');
    expect(turbo && estimate(turbo, [measured('my own', 1), measured('tiny.en', 390)])).toBe(8_090);
    expect(turbo && estimate(turbo, [])).toBeNull();
  });
});

describe('the model that was chosen outside the settings', () => {
  const load = (text: string, models: { used: string | null; picked: string | null }) =>
    parseSettings(text, 'config.toml', { models }).settings.performance.whisper_model;

  test('counts where the file names none', () => {
    expect(load('', { used: 'base.en', picked: null })).toBe('base.en');
    expect(load('', { used: null, picked: 'small' })).toBe('tiny.en');
    expect(load('[performance]\nwhisper_model = "tiny.en"', { used: 'base.en', picked: null })).toBe(
      'tiny.en',
    );
  });

  test('auto is what was picked for this machine, and the embedded one until then', () => {
    const auto = '[performance]\nwhisper_model = "auto"';
    expect(load(auto, { used: 'small', picked: 'base.en' })).toBe('base.en');
    expect(load(auto, { used: 'small', picked: null })).toBe('tiny.en');
    expect(parseSettings(auto, 'config.toml')).toMatchObject({ autoModel: true, modelNamed: true });
  });

  test('is remembered, and forgotten when its file makes no sense', async () => {
    await using folder = await temporaryFolder();
    const paths = { state: folder.path };
    expect(readChosenModels(paths)).toEqual({ used: null, picked: null });
    chooseModels(paths, { used: 'base' });
    chooseModels(paths, { picked: 'small' });
    expect(readChosenModels(paths)).toEqual({ used: 'base', picked: 'small' });
    await writeFile(join(folder.path, 'models.json'), '{"used": 3');
    expect(readChosenModels(paths)).toEqual({ used: null, picked: null });
  });
});

test('every file of the catalogue has a name and a hash of its own, and an address', () => {
  const unique = (key: 'name' | 'file' | 'sha256') => new Set(catalogue.map((model) => model[key])).size;
  for (const key of ['name', 'file', 'sha256'] as const) expect(unique(key)).toBe(catalogue.length);
  for (const model of catalogue) {
    expect(model.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(sourceOf(model, 'https://mirror.example/whisper/').url).toBe(
      `https://mirror.example/whisper/${model.file}`,
    );
    expect(URL.canParse(sourceOf(model, '').url)).toBe(true);
  }
});

test('an address that is no model, or does not say which one', async () => {
  const { signal } = new AbortController();
  for (const address of ['ftp://host/a.bin', 'http://host/a.txt', 'http://host/.bin', 'http://host/', 'x']) {
    await expect(sourceAt(address, 'f'.repeat(64), signal)).rejects.toMatchObject({ code: 'usage' });
  }
});

test('the bar of a download', () => {
  expect(barOf(0, 43_550_795, 0)).toBe(`[${'.'.repeat(24)}]   0 %  0 of 44 MB`);
  expect(barOf(20_000_000, 40_000_000, 5_000)).toBe(
    `[${'#'.repeat(12)}${'.'.repeat(12)}]  50 %  20 of 40 MB  5.0 MB/s  4 s left`,
  );
  expect(barOf(40_000_000, 40_000_000, 5_000)).toContain('100 %');
});
