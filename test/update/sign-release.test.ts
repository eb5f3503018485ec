import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { renewManifest, type SignOptions, signRelease } from '../../scripts/sign-release.ts';
import { verifyManifest } from '../../src/update/manifest.ts';
import { run, startProcess } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { keyPair } from '../support/update-stand.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/sign-release.ts');
const keys = keyPair();
let folder: string;
let options: SignOptions;

beforeEach(() => {
  folder = temporaryFolder();
  for (const name of ['linux-x64', 'linux-x64.xz', 'win32-x64.exe', 'win32-x64.zip']) {
    writeFileSync(join(folder, `codex-voice-1.2.3-${name}`), randomBytes(10_000));
  }
  const targets = ['linux-x64', 'win32-x64'];
  options = { folder, version: '1.2.3', channel: 'stable', targets, ...keys, level: 1 };
});

test('each machine has its file, what a person downloads and what an update downloads', async () => {
  const { files } = await signRelease(options);
  expect(
    Object.entries(files).map(([key, file]) => [key, file.name, file.compressed.name, file.zstd?.name]),
  ).toEqual([
    [
      'linux-x64',
      'codex-voice-1.2.3-linux-x64',
      'codex-voice-1.2.3-linux-x64.xz',
      'codex-voice-1.2.3-linux-x64.zst',
    ],
    [
      'win32-x64',
      'codex-voice-1.2.3-win32-x64.exe',
      'codex-voice-1.2.3-win32-x64.zip',
      'codex-voice-1.2.3-win32-x64.exe.zst',
    ],
  ]);
  const packed = readFileSync(join(folder, 'codex-voice-1.2.3-linux-x64.zst'));
  expect(zstdDecompressSync(packed).equals(readFileSync(join(folder, 'codex-voice-1.2.3-linux-x64')))).toBe(
    true,
  );
});

test('openssl and sha256sum find all of it right', async () => {
  await signRelease(options);
  const at = (name: string) => join(folder, name);
  writeFileSync(at('key.pem'), keys.publicKey);
  writeFileSync(at('raw.sig'), Buffer.from(readFileSync(at('manifest.json.sig'), 'utf8'), 'base64'));
  const verify = [
    'pkeyutl',
    '-verify',
    '-rawin',
    '-pubin',
    '-inkey',
    at('key.pem'),
    '-in',
    at('manifest.json'),
  ];
  expect(await run('openssl', [...verify, '-sigfile', at('raw.sig')])).toContain('Verified Successfully');
  const sums = await run('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folder });
  expect(sums.trim().split('\n')).toHaveLength(6);
});

test('a file that is missing is named', async () => {
  const targets = ['linux-x64', 'darwin-arm64'];
  await expect(signRelease({ ...options, targets })).rejects.toThrow(
    'codex-voice-1.2.3-darwin-arm64 is missing',
  );
});

test('a key that no program would accept is refused', async () => {
  const { privateKey } = keyPair();
  await expect(signRelease({ ...options, privateKey })).rejects.toThrow('not the other half');
});

test.each([
  ['no key', {}, 'CODEX_VOICE_SIGNING_KEY is not set'],
  ['a key of another pair', { CODEX_VOICE_SIGNING_KEY: keys.privateKey }, 'not the other half'],
])('the script with %s says so and makes nothing', async (_what, env, words) => {
  const script = await startProcess(process.execPath, [SCRIPT, '--folder', folder], { env });
  expect(await script.exited).toBe(1);
  expect(script.stderr()).toContain(words);
  expect(script.stderr()).not.toContain(keys.privateKey.split('\n')[1]);
});

test('a manifest is signed again with a later date and nothing else changed', async () => {
  const before = await signRelease(options);
  const file = join(folder, 'manifest.json');
  const renewed = await renewManifest({ folder, ...keys });
  expect(Date.parse(renewed.date)).toBeGreaterThanOrEqual(Date.parse(before.date));
  const bytes = readFileSync(file);
  const signature = readFileSync(`${file}.sig`, 'utf8');
  expect(verifyManifest(bytes, signature, keys.publicKey)).toEqual({ ...before, date: renewed.date });
  writeFileSync(file, readFileSync(file, 'utf8').replace('1.2.3', '1.2.4'));
  await expect(renewManifest({ folder, ...keys })).rejects.toMatchObject({ code: 'update-refused' });
});
