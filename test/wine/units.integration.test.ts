import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WINDOWS_START_MS, words } from '../support/wine/single-file.ts';
import { type WindowsSources, windowsSources } from '../support/wine/sources.ts';
import { startWindows, type Windows, windowsPath } from '../support/wine/wine.ts';

/** Unit tests of what is different on Windows. Others expect modes of files, or folders that begin with a slash. */
const FILES = [
  'test/control/framing',
  'test/control/pipe',
  'test/control/protocol',
  'test/files/paths',
  'test/hotkey/chord',
  'test/hotkey/gesture',
  'test/hotkey/windows-',
  'test/microphone/winmm-',
  'test/processes/',
];

let windows: Windows;
let sources: WindowsSources;

beforeAll(async () => {
  sources = await windowsSources();
  windows = await startWindows({});
}, WINDOWS_START_MS);
afterAll(() => windows?.stop());

it("the unit tests of Windows' parts pass in Node for Windows", async () => {
  const vitest = windowsPath(join(sources.folder, 'node_modules/vitest/vitest.mjs'));
  const args = [vitest, 'run', '--project', 'unit', '--retry', '0', ...FILES];
  const tests = await windows.run(windowsPath(sources.node), args, { cwd: sources.folder });
  expect(words(tests)).toMatch(/Tests .*\d+ passed/);
  expect(tests.status).toBe(0);
});
