import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { type UnpackOptions, unpack } from '../../src/update/unpack.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CONTENT = Buffer.concat([randomBytes(200_000), Buffer.alloc(500_000)]);
const PACKED = zstdCompressSync(CONTENT);

let options: UnpackOptions;

beforeEach(() => {
  const folder = temporaryFolder();
  options = {
    from: join(folder, 'packed'),
    to: join(folder, 'program'),
    mode: 0o755,
    size: CONTENT.length,
    sha256: createHash('sha256').update(CONTENT).digest('hex'),
    signal: new AbortController().signal,
  };
  writeFileSync(options.from, PACKED);
});

test('a file comes out as it went in, with its rights, over whatever was there', async () => {
  writeFileSync(options.to, 'left by a power cut');
  await unpack(options);
  expect(readFileSync(options.to).equals(CONTENT)).toBe(true);
  expect(statSync(options.to).mode & 0o777).toBe(0o755);
});

test.each([
  ['is cut', () => PACKED.subarray(0, PACKED.length - 100), {}],
  ['is no zstd', () => randomBytes(1_000), {}],
  ['is empty', () => Buffer.alloc(0), {}],
  ['comes to less', () => PACKED, { size: CONTENT.length + 1 }],
  ['comes to more', () => PACKED, { size: CONTENT.length - 1 }],
  ['comes to something else', () => PACKED, { sha256: 'b'.repeat(64) }],
])('one that %s leaves nothing', async (_what, content, changes) => {
  writeFileSync(options.from, content());
  await expect(unpack({ ...options, ...changes })).rejects.toMatchObject({ code: 'update-damaged' });
  expect(existsSync(options.to)).toBe(false);
});

test('a small file that unpacks to a large one is stopped', async () => {
  writeFileSync(options.from, zstdCompressSync(Buffer.alloc(200_000_000)));
  await expect(unpack(options)).rejects.toMatchObject({ code: 'update-damaged' });
});

test('it can be called off', async () => {
  const stop = new AbortController();
  const unpacking = unpack({ ...options, signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(unpacking).rejects.toThrow('enough');
  expect(existsSync(options.to)).toBe(false);
});
