import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { barOf } from '../../src/cli/progress-bar.ts';
import { catalogue, presentModels, publishedModels, resolveModel } from '../../src/models/catalogue.ts';
import { chooseModels, readChosenModels } from '../../src/models/chosen.ts';
import { EAR_PARTS, earFiles, earFolder } from '../../src/models/ear-files.ts';
import { sourceAt, sourceOf } from '../../src/models/get.ts';
import { estimate, recommend } from '../../src/models/recommend.ts';
import { checkedEar, sha256Of, verifyModel } from '../../src/models/verify.ts';
import { parseSettings } from '../../src/settings/load.ts';
import { temporaryFolder } from '../support/process.ts';

const places = { home: '/home/ada', folder: '/srv/project' };

describe('what whisper_model means', () => {
  test('tiny.en is the embedded model', () => {
    expect(resolveModel('tiny.en', places)).toEqual({ kind: 'ear', name: 'tiny.en', folder: earFolder() });
    expect(earFolder()).toMatch(/assets[\\/]ear$/);
  });

  test('another name of the catalogue is a downloaded file with its hash', () => {
    const [base] = publishedModels().filter(({ name }) => name === 'base.en');
    const path = '/srv/project/ggml-base.en.bin';
    expect(resolveModel('base.en', places)).toEqual({
      kind: 'ggml',
      name: 'base.en',
      path,
      sha256: base?.sha256,
    });
  });

  test.each([
    ['/models/ggml-base.bin', '/models/ggml-base.bin'],
    ['~/models/my model.gguf', '/home/ada/models/my model.gguf'],
    ['./ggml-base.bin', '/srv/project/ggml-base.bin'],
    ['models/../ggml-base.bin', '/srv/project/ggml-base.bin'],
    ['ggml-base.bin', '/srv/project/ggml-base.bin'],
  ])('%s is a path', (setting, path) => {
    expect(resolveModel(setting, places)).toMatchObject({ kind: 'ggml', path, sha256: null });
  });

  test('anything else is an error that lists the names', () => {
    expect(() => resolveModel('huge', places)).toThrow(
      expect.objectContaining({ code: 'model-missing', hint: expect.stringContaining('tiny.en') }),
    );
  });
});

describe('the embedded model', () => {
  test('is there, each file of its size and with its hash', async () => {
    const files = await checkedEar(earFolder());
    const sizes = await Promise.all(EAR_PARTS.map(async (part) => (await stat(files[part].path)).size));
    expect(sizes).toEqual(EAR_PARTS.map((part) => files[part].bytes));
    const [embedded] = catalogue.filter(({ kind }) => kind === 'ear');
    expect(embedded?.bytes).toBe(sizes.reduce((sum, bytes) => sum + bytes, 0));
  });

  test('its card names the same sizes and hashes', async () => {
    const card = await readFile(join(earFolder(), 'README.md'), 'utf8');
    for (const { path, bytes, sha256 } of Object.values(earFiles(''))) {
      expect(card).toContain(`| ${path} | ${bytes.toLocaleString('en')} | \`${sha256}\` |`);
    }
  });

  test('each damaged file is named, and none else', async () => {
    await using folder = await temporaryFolder();
    const files = earFiles(folder.path);
    for (const { path } of Object.values(files)) await copyFile(join(earFolder(), basename(path)), path);
    expect(await checkedEar(folder.path)).toEqual(files);
    await using tokens = await open(files.tokens.path, 'r+');
    await tokens.write('X', 300_000);
    await truncate(files.encoder.path, 1_000_000);
    const error = await checkedEar(folder.path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'model-corrupt',
      hint: expect.stringContaining('install codex-voice again'),
    });
    expect(String(error)).toMatch(/encoder\.onnx is damaged: .*tokens\.json is damaged: /s);
    expect(String(error)).not.toContain('decoder.onnx');
    await rm(files.encoder.path);
    const missing = { code: 'model-missing', message: expect.stringContaining('encoder.onnx') };
    await expect(checkedEar(folder.path)).rejects.toMatchObject(missing);
  });
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

  test('the largest whose decode hidden by the silence', () => {
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
    expect(turbo && estimate(turbo, [measured('my own', 1), measured('tiny', 390)])).toBe(8_090);
    expect(turbo && estimate(turbo, [])).toBeNull();
  });

  test('the embedded engine is quicker than the other one with a model of the same size', () => {
    const [tiny] = publishedModels().filter(({ name }) => name === 'tiny');
    expect(tiny && estimate(tiny, [measured('tiny.en', 100)])).toBe(500);
    expect(tiny && estimate(tiny, [measured('tiny.en', 100), measured('base', 740)])).toBe(390);
    const [ear] = catalogue.filter(({ kind }) => kind === 'ear');
    expect(ear && estimate(ear, [measured('tiny', 500)])).toBe(100);
  });

  test('one that this machine cannot run is not among those that are here', () => {
    const installed = new Map([['ggml-base.bin', 1]]);
    const names = (onnxRuntime: boolean) => presentModels(installed, onnxRuntime).map(({ name }) => name);
    expect(names(true)).toEqual(['tiny.en', 'base']);
    expect(names(false)).toEqual(['base']);
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
  const models = publishedModels();
  const unique = (key: 'name' | 'file' | 'sha256') => new Set(models.map((model) => model[key])).size;
  for (const key of ['name', 'file', 'sha256'] as const) expect(unique(key)).toBe(models.length);
  expect(new Set(catalogue.map(({ name }) => name)).size).toBe(models.length + 1);
  for (const model of models) {
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
