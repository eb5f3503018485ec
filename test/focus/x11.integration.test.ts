import { mkdir, readFile, realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { Focus } from '../../src/focus/focus.ts';
import { activeWindow } from '../../src/focus/x11.ts';
import { XConnection } from '../../src/x11/connection.ts';
import {
  run,
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
/** Whose folder the project `web` names by a symbolic link. */
let web: string;
let backend: string;
let projects: { name: string; directory: string }[];
let focus: Focus;
let connection: XConnection;
const programs: TestProcess[] = [];

beforeAll(async () => {
  x = await startXServer();
  folder = await temporaryFolder();
  const path = await realpath(folder.path);
  backend = join(path, 'backend');
  web = join(path, 'web');
  await mkdir(backend);
  await mkdir(web);
  await symlink(web, join(path, 'link'));
  projects = [
    { name: 'backend', directory: backend },
    { name: 'web', directory: join(path, 'link') },
  ];
  focus = follow();
  connection = await XConnection.open(x.env, logger, AbortSignal.timeout(60_000));
});
afterEach(async () => {
  for (const program of programs.splice(0).toReversed()) await program.stop();
});
afterAll(async () => {
  await focus.close();
  connection.close();
  await x.stop();
  await folder.remove();
});

async function start(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<TestProcess> {
  const program = await startProcess(command, args, { env: { ...process.env, ...x.env, ...env }, cwd: '/' });
  programs.push(program);
  return program;
}

interface TerminalOptions {
  directory?: string;
  /** What runs in it. */
  command?: string;
  /** WM_CLASS. */
  class?: string;
  env?: NodeJS.ProcessEnv;
}

/** A terminal window that has the keyboard. */
async function terminal(title: string, options: TerminalOptions = {}): Promise<void> {
  const { directory = '/', command = 'sh -i', env = {} } = options;
  const named = options.class === undefined ? [] : ['-class', options.class];
  const words = [...named, '-T', title, '-e', 'sh', '-c', `cd '${directory}' && exec ${command}`];
  await start('xterm', words, env);
  await waitFor(`the window ${title}`, async () => (await look())?.title === title);
}

async function type(line: string): Promise<void> {
  await x.xdotool('type', line);
  await x.xdotool('key', 'Return');
}

/** Changes a property of the focused window. */
async function setProperty(name: string, format: string, value: string): Promise<void> {
  const id = await x.xdotool('getactivewindow');
  await run('xprop', ['-id', id, '-f', name, format, '-set', name, value], { env: x.env });
}

const look = () => activeWindow(connection);
const focused = () => focus.project();

/** @param env other variables than those of the desktop */
function follow(env: NodeJS.ProcessEnv = {}): Focus {
  const options = { projects: () => projects, env: { ...x.env, ...env }, folder: folder.path, logger };
  const following = new Focus(options);
  following.follow();
  return following;
}

test('no window has the keyboard', async () => {
  expect(await look()).toBeNull();
  expect(await focused()).toBeNull();
});

test('the folder of the shell in the focused terminal', async () => {
  await terminal('first', { directory: backend });
  await waitFor('the shell', async () => (await focused()) === 'backend');
  // The person goes elsewhere in it.
  await type(`cd '${web}'`);
  await waitFor('the other folder', async () => (await focused()) === 'web');
  await type('cd /');
  await waitFor('no project', async () => (await focused()) === null);
});

test('of two terminals the one that has the keyboard', async () => {
  await terminal('left', { directory: backend });
  await terminal('right', { directory: web });
  await waitFor('the shell', async () => (await focused()) === 'web');
  const left = await x.xdotool('search', '--name', '^left$');
  await x.xdotool('windowactivate', '--sync', left);
  await waitFor('the other shell', async () => (await focused()) === 'backend');
});

test('what runs in the foreground counts', async () => {
  await terminal('second', { directory: web });
  await waitFor('the shell', async () => (await focused()) === 'web');
  await type(`(cd '${backend}' && exec sleep 60)`);
  await waitFor('the program', async () => (await focused()) === 'backend');
});

test('a terminal inside of a terminal does not count', async () => {
  const inner = `sh -c "exec script -qc 'cd ${web} && echo $$ > inside && exec sleep 60' /dev/null"`;
  await terminal('outer', { directory: backend, command: inner });
  const pid = await waitFor('the inner terminal', () =>
    readFile(join(web, 'inside'), 'utf8').then(Number, () => null),
  );
  // It does not end with the outer one.
  onTestFinished(() => void process.kill(pid));
  expect(await focused()).toBe('backend');
});

test('of several tabs the one in the title; nobody can tell when it is in none', async () => {
  await terminal('tabs', { directory: backend });
  const tab = (where: string) => `script -qc 'cd ${where} && touch tab && exec sleep 60' /dev/null`;
  const tabs = await start('sh', ['-c', `${tab(backend)} & ${tab(web)} & wait`]);
  const ready = async (where: string) => (await run('ls', [where])).includes('tab');
  await waitFor('both tabs', async () => (await ready(backend)) && (await ready(web)));
  await setProperty('_NET_WM_PID', '32c', `${tabs.pid}`);
  expect(await focused()).toBeNull();
  await setProperty('_NET_WM_NAME', '8u', 'me@host: ~/src/web');
  expect(await focused()).toBe('web');
});

test('the pane that tmux shows', async () => {
  const sockets = join(folder.path, 'tmux');
  await mkdir(sockets, { mode: 0o700, recursive: true });
  const env = { TMUX_TMPDIR: sockets, TERM: 'xterm' };
  const tmux = (...words: string[]) =>
    run('tmux', ['-L', 'ours', ...words], { env: { ...process.env, ...env } });
  const command = "tmux -f /dev/null -L ours new-session -s both 'exec sh -i'";
  await terminal('panes', { directory: backend, command, env });
  const ours = follow(env);
  const elsewhere = follow({ TMUX_TMPDIR: folder.path });
  try {
    const running = () => tmux('list-panes', '-t', 'both').then(Boolean, () => false);
    await waitFor('tmux', running);
    await waitFor('the first pane', async () => (await ours.project()) === 'backend');
    await tmux('split-window', '-t', 'both', '-c', web, 'exec sh -i');
    await waitFor('the second pane', async () => (await ours.project()) === 'web');
    await tmux('select-pane', '-t', 'both', '-U');
    await waitFor('the first pane again', async () => (await ours.project()) === 'backend');
    // It is not at the place where we look.
    expect(await elsewhere.project()).toBeNull();
  } finally {
    await Promise.all([ours.close(), elsewhere.close()]);
    await tmux('kill-server');
  }
});

test('an editor is known by its class, and its project by its title', async () => {
  const title = 'main.ts - web - Visual Studio Code';
  await terminal(title, { directory: backend, class: 'Code' });
  expect((await look())?.classes).toContain('code');
  expect(await focused()).toBe('web');
  await setProperty('_NET_WM_NAME', '8u', 'main.ts - other - Visual Studio Code');
  expect(await focused()).toBeNull();
});

test('a terminal does not become an editor by its title', async () => {
  await terminal('main.ts - web - Visual Studio Code', { directory: backend });
  await waitFor('the shell', async () => (await focused()) === 'backend');
});

test('a window of another machine has no process here', async () => {
  await terminal('remote', { directory: backend });
  await waitFor('the shell', async () => (await focused()) === 'backend');
  await setProperty('WM_CLIENT_MACHINE', '8s', 'elsewhere.example');
  expect(await look()).toMatchObject({ title: 'remote', pid: null });
  expect(await focused()).toBeNull();
});

test('it takes a moment', async () => {
  await terminal('quick', { directory: backend });
  const times: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const began = performance.now();
    await focused();
    times.push(performance.now() - began);
  }
  const best = Math.min(...times);
  process.stdout.write(`the focused project is known after ${best.toFixed(1)} ms\n`);
  // The best of some: others use the same cores.
  expect(best).toBeLessThan(5);
});

test('an X server that does not answer is no trouble', async () => {
  await terminal('frozen', { directory: backend });
  await waitFor('the shell', async () => (await focused()) === 'backend');
  process.kill(x.pid, 'SIGSTOP');
  try {
    const began = performance.now();
    expect(await focused()).toBeNull();
    expect(performance.now() - began).toBeLessThan(30_000);
  } finally {
    process.kill(x.pid, 'SIGCONT');
  }
  await waitFor('the answer', async () => (await focused()) === 'backend');
});

test('an X server that comes back is found again', async () => {
  await using first = await startXServer();
  const following = follow(first.env);
  const { number } = first;
  try {
    await first.kill();
    expect(await following.project()).toBeNull();
    await first.stop();
    await using second = await startXServer({ number });
    const words = ['-e', 'sh', '-c', `cd '${web}' && exec sh -i`];
    programs.push(await startProcess('xterm', words, { env: second.env, cwd: '/' }));
    await waitFor('the shell', async () => (await following.project()) === 'web');
  } finally {
    await following.close();
  }
});
