import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WINDOWS_START_MS, windowsFile } from '../support/wine/single-file.ts';
import { startWindows, type Windows, windowsPath } from '../support/wine/wine.ts';

let windows: Windows;
let program: string;

beforeAll(async () => {
  windows = await startWindows({});
  const place = join(windows.home, 'AppData/Local/Programs/codex-voice');
  await mkdir(place, { recursive: true });
  program = join(place, 'codex-voice.exe');
  await copyFile(await windowsFile(windows), program);
}, WINDOWS_START_MS);
afterAll(() => windows?.stop());

it('runs with nothing beside it', async () => {
  const { status, stdout } = await windows.run(windowsPath(program), ['version', '--verbose']);
  expect(stdout).toMatch(/^runs from +one file +.*codex-voice\.exe$/m);
  expect(stdout).toMatch(/^platform +win32-x64 *$/m);
  expect(status).toBe(0);
});

it('leaves no process', async () => {
  expect(await windows.processes()).toEqual([]);
});
