import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { activeWindow } from '../../src/focus/active-window.ts';
import { focusedProject } from '../../src/focus/focused-project.ts';
import {
  startProcess,
  type TemporaryFolder,
  type TestProcess,
  temporaryFolder,
  waitFor,
} from '../support/process.ts';
import { startXServer, type XServer } from '../support/x-server.ts';

const logger = pino({ level: 'silent' });
let x: XServer;
let folder: TemporaryFolder;
let projects: { name: string; directory: string }[];
const programs: TestProcess[] = [];

beforeAll(async () => {
  x = await startXServer();
  folder = await temporaryFolder();
  projects = ['backend', 'web'].map((name) => ({ name, directory: join(folder.path, name) }));
  for (const { directory } of projects) await mkdir(directory);
});
afterAll(async () => {
  for (const program of programs) await program.stop();
  await x.stop();
  await folder.remove();
});

/** A window that has the keyboard, with a shell in this folder. */
async function terminal(title: string, directory: string, command = 'sh -i'): Promise<void> {
  const env = { ...process.env, ...x.env };
  const words = ['-T', title, '-e', 'sh', '-c', `cd '${directory}' && exec ${command}`];
  programs.push(await startProcess('xterm', words, { env }));
  await waitFor(`the window ${title}`, async () => (await look())?.title === title);
}

const look = () => activeWindow(x.env, logger, AbortSignal.timeout(5_000));
const focused = () => focusedProject(projects, x.env, logger);

test('no window has the keyboard', async () => {
  expect(await focused()).toBeNull();
});

test('the folder of the shell in the focused terminal', async () => {
  await terminal('first', join(folder.path, 'backend'));
  await waitFor('the shell', async () => (await focused()) === 'backend');
  // The person goes elsewhere in it.
  await x.xdotool('type', `cd '${join(folder.path, 'web')}'`);
  await x.xdotool('key', 'Return');
  await waitFor('the other folder', async () => (await focused()) === 'web');
  await x.xdotool('type', 'cd /');
  await x.xdotool('key', 'Return');
  await waitFor('no project', async () => (await focused()) === null);
});

test('what runs in the foreground counts', async () => {
  await terminal('second', join(folder.path, 'web'), 'sh -i');
  await waitFor('the shell', async () => (await focused()) === 'web');
  await x.xdotool('type', `(cd '${join(folder.path, 'backend')}' && exec sleep 60)`);
  await x.xdotool('key', 'Return');
  await waitFor('the program', async () => (await focused()) === 'backend');
});

test('the title of an editor', async () => {
  await terminal('main.ts - web - Visual Studio Code', '/');
  expect(await focused()).toBe('web');
});

test('a desktop that is not there is no trouble', async () => {
  expect(await focusedProject(projects, { DISPLAY: ':59' }, logger)).toBeNull();
  expect(await focusedProject(projects, {}, logger)).toBeNull();
});
