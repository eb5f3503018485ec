import { randomBytes } from 'node:crypto';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue, resolveModel } from '../../src/models/catalogue.ts';
import { sha256Of, verifyModel } from '../../src/models/verify.ts';
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
  for (const { name, bytes, sha256 } of catalogue) {
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
