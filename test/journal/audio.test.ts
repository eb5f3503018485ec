import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { AudioStore } from '../../src/journal/audio.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const logger = pino({ level: 'silent' });
const sound = Float32Array.from({ length: 16_000 }, (_, index) => Math.sin(index / 9) * 0.8);

test('what is kept is loaded again, as a WAV file that other programs read, until it is discarded', async () => {
  const folder = join(temporaryFolder(), 'audio');
  const store = AudioStore.open(folder, { logger });
  store.save('a-1', sound);
  const loaded = await AudioStore.open(folder, { logger }).load('a-1');
  expect(loaded?.whole).toBe(true);
  expect(loaded?.samples).toHaveLength(sound.length);
  const errors = loaded?.samples.map((sample, index) => Math.abs(sample - (sound[index] ?? 9))) ?? [];
  expect(Math.max(...errors)).toBeLessThan(1 / 32_000);
  const bytes = readFileSync(join(folder, 'a-1.wav'));
  expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44);
  expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
  expect(statSync(join(folder, 'a-1.wav')).mode & 0o777).toBe(0o600);
  expect(store.ids()).toEqual(['a-1']);
  store.discard('a-1');
  store.discard('a-1');
  expect(await store.load('a-1')).toBeNull();
  expect(readdirSync(folder)).toEqual([]);
});

test('a recording that was cut off by kill -9 is there as far as it came', async () => {
  const folder = join(temporaryFolder(), 'audio');
  const module = pathToFileURL(join(import.meta.dirname, '../../src/journal/audio.ts')).href;
  const script = `
    const { AudioStore } = await import(${JSON.stringify(module)});
    const audio = AudioStore.open(${JSON.stringify(folder)}, { logger: console }).begin('cut');
    for (let i = 0; i < 10; i += 1) audio.append(new Float32Array(320).fill(0.5));
    process.kill(process.pid, 'SIGKILL');`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  expect(child.signal).toBe('SIGKILL');
  const loaded = await AudioStore.open(folder, { logger }).load('cut');
  expect(loaded?.whole).toBe(false);
  expect(loaded?.samples).toHaveLength(3_200);
  expect(loaded?.samples[3_199]).toBeCloseTo(0.5, 3);
});

test('is bounded: the oldest go first', () => {
  const folder = temporaryFolder();
  const store = AudioStore.open(folder, { logger, maxFiles: 3 });
  for (const [index, id] of ['a', 'b', 'c', 'd', 'e'].entries()) {
    store.save(id, sound);
    utimesSync(join(folder, `${id}.wav`), 1_000 + index, 1_000 + index);
  }
  expect(store.ids()).toEqual(['c', 'd', 'e']);
  const small = AudioStore.open(folder, { logger, maxBytes: 70_000 });
  expect(small.ids()).toEqual(['d', 'e']);
});

test('a broken file is an error with a code, an id is never a path', async () => {
  const folder = temporaryFolder();
  const store = AudioStore.open(folder, { logger });
  writeFileSync(join(folder, 'x.wav'), 'RIF');
  await expect(store.load('x')).rejects.toMatchObject({ code: 'audio-invalid' });
  await expect(store.load('../x')).rejects.toThrow('not an utterance id');
  expect(() => store.save('/tmp/x', sound)).toThrow('not an utterance id');
  expect(existsSync('/tmp/x.wav')).toBe(false);
  expect(() => AudioStore.open(join(folder, 'x.wav', 'audio'), { logger })).toThrow(
    expect.objectContaining({ code: 'state-unwritable' }),
  );
});
