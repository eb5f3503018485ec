import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { codexHome, makeCodexHome } from '../../src/codex/codex-home.ts';

let folder: string;
let temporary: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cv-'));
  temporary = join(folder, 'tmp');
  await mkdir(temporary);
});
afterEach(() => rm(folder, { recursive: true }));

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test('is made, private, where Codex makes none', async () => {
  const named = { TMPDIR: temporary, CODEX_HOME: join(temporary, 'a', 'codex') };
  await makeCodexHome(named);
  expect(await modeOf(named.CODEX_HOME)).toBe(0o700);
  await makeCodexHome(named);
  await symlink(temporary, join(folder, 'link'));
  await makeCodexHome({ TMPDIR: join(folder, 'link'), HOME: join(temporary, 'home') });
  expect(await modeOf(join(temporary, 'home', '.codex'))).toBe(0o700);
});

test('is left to Codex anywhere else', async () => {
  const env = { TMPDIR: temporary, HOME: join(folder, 'home') };
  await makeCodexHome(env);
  await makeCodexHome({ ...env, CODEX_HOME: join(folder, 'tmp-codex') });
  for (const home of [codexHome(env), join(folder, 'tmp-codex')])
    await expect(stat(home)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('that cannot be made is told', async () => {
  await writeFile(join(temporary, 'file'), '');
  const env = { TMPDIR: temporary, CODEX_HOME: join(temporary, 'file', 'codex') };
  await expect(makeCodexHome(env)).rejects.toMatchObject({
    code: 'codex-down',
    hint: expect.stringContaining('CODEX_HOME'),
  });
});
