import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSettings } from '../../src/settings/load.ts';
import { type SettingsChange, watchSettings } from '../../src/settings/watch.ts';

const logger = pino({ level: 'silent' });
let folder: string;
let stop: AbortController;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-'));
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await rm(folder, { recursive: true });
});

async function watching(file: string): Promise<() => Promise<SettingsChange>> {
  const load = () => loadSettings(file);
  const current = await load();
  const options = { file, current, load, signal: stop.signal, logger, debounceMs: 30 };
  const changes = watchSettings(options)[Symbol.asyncIterator]();
  return async () => {
    const next = await changes.next();
    if (next.done) throw new Error('the watcher has ended');
    return next.value;
  };
}

function modeOf(change: SettingsChange): string {
  return 'settings' in change ? change.settings.settings.hotkey.mode : change.error.code;
}

const config = (mode: string) => `[hotkey]\nmode = "${mode}"\n`;

test('written in place, saved by renaming, and removed', async () => {
  const file = join(folder, 'config.toml');
  await writeFile(file, config('hold'));
  const next = await watching(file);
  await writeFile(file, config('auto'));
  expect(modeOf(await next())).toBe('auto');
  for (const mode of ['hold', 'auto']) {
    await writeFile(`${file}~`, config(mode));
    await rename(`${file}~`, file);
    expect(modeOf(await next())).toBe(mode);
  }
  await unlink(file);
  expect(modeOf(await next())).toBe('toggle');
});

test('a file, and its folders, that come later', async () => {
  const file = join(folder, 'a', 'b', 'config.toml');
  const next = await watching(file);
  await mkdir(join(folder, 'a', 'b'), { recursive: true });
  await writeFile(file, config('hold'));
  // The first read may see the file before its text: then it reports nothing, and the text follows.
  let change = await next();
  while (modeOf(change) === 'toggle') change = await next();
  expect(modeOf(change)).toBe('hold');
});

test('the folder is replaced', async () => {
  const home = join(folder, 'codex-voice');
  const file = join(home, 'config.toml');
  await mkdir(home);
  await writeFile(file, config('hold'));
  const next = await watching(file);
  await rm(home, { recursive: true });
  expect(modeOf(await next())).toBe('toggle');
  await mkdir(home);
  await writeFile(`${file}~`, config('auto'));
  await rename(`${file}~`, file);
  let change = await next();
  while (modeOf(change) === 'toggle') change = await next();
  expect(modeOf(change)).toBe('auto');
});

test('a symbolic link is watched where it leads', async () => {
  const real = join(folder, 'dotfiles.toml');
  await mkdir(join(folder, 'config'));
  const file = join(folder, 'config', 'config.toml');
  await writeFile(real, config('hold'));
  await symlink(real, file);
  const next = await watching(file);
  await writeFile(`${real}~`, config('auto'));
  await rename(`${real}~`, real);
  expect(modeOf(await next())).toBe('auto');
});

test('a wrong file is reported once, a save without a change never', async () => {
  const file = join(folder, 'config.toml');
  await writeFile(file, config('hold'));
  const next = await watching(file);
  const save = async (text: string) => {
    await writeFile(`${file}~`, text);
    await rename(`${file}~`, file);
  };
  await save(config('wrong'));
  const change = await next();
  expect(modeOf(change)).toBe('config-invalid');
  expect('error' in change && change.error.message).toContain(`${file}:2: hotkey.mode`);
  await save(`${config('hold')}# as before\n`);
  await save(`${config('hold')}# as before, again\n`);
  await save(config('auto'));
  expect(modeOf(await next())).toBe('auto');
});

test('ends with the signal', async () => {
  const file = join(folder, 'config.toml');
  const current = await loadSettings(file);
  const changes = watchSettings({
    file,
    current,
    load: () => loadSettings(file),
    signal: stop.signal,
    logger,
  });
  stop.abort();
  expect(await Array.fromAsync(changes)).toEqual([]);
});
