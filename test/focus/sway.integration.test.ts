import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Focus } from '../../src/focus/focus.ts';
import { startProcess, type TestProcess, waitFor } from '../support/process.ts';
import { type Sway, startSway } from '../support/sway.ts';

const logger = pino({ level: 'silent' });

describe('the focus on sway', { timeout: 120_000 }, () => {
  let sway: Sway;
  let backend: string;
  let web: string;
  let focus: Focus;
  const programs: TestProcess[] = [];

  beforeAll(async () => {
    sway = await startSway('workspace one');
    const folder = await realpath(sway.folder);
    [backend, web] = [join(folder, 'backend'), join(folder, 'web')];
    await mkdir(backend);
    await mkdir(web);
    const projects = [
      { name: 'backend', directory: backend },
      { name: 'web', directory: web },
    ];
    // A copy, as the daemon has: it keeps the names of the first sway.
    focus = new Focus({ projects: () => projects, env: { ...sway.env }, folder, logger });
    focus.follow();
  });
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.stop();
    await sway.command('workspace one');
  });
  afterAll(async () => {
    await focus?.close();
    await sway?.[Symbol.asyncDispose]();
  });

  /** A terminal that works in a folder and gets the focus. */
  async function terminal(command: 'foot' | 'xterm', title: string, folder: string): Promise<void> {
    const shell = ['sh', '-c', `cd '${folder}' && exec sh -i`];
    const args = command === 'foot' ? [`--title=${title}`, ...shell] : ['-T', title, '-e', ...shell];
    programs.push(await startProcess(command, args, { env: sway.env, cwd: '/' }));
    await waitForProject(folder === web ? 'web' : 'backend');
  }

  const waitForProject = (name: string | null) =>
    waitFor(`the project ${name}`, async () => (await focus.project()) === name);

  it('is in the terminal that has it, of Wayland and of X11', async () => {
    await terminal('foot', 'left', backend);
    await terminal('xterm', 'right', web);
    await sway.command('[title="left"] focus');
    await waitForProject('backend');
    await sway.command('[title="right"] focus');
    await waitForProject('web');
  });

  it('is in no project when it is on an empty workspace', async () => {
    await terminal('foot', 'left', backend);
    await sway.command('workspace two');
    await waitForProject(null);
    await sway.command('workspace one');
    await waitForProject('backend');
    await sway.command('move container to workspace two');
    await waitForProject(null);
  });

  it('goes to the window before when a window is closed', async () => {
    await terminal('foot', 'left', backend);
    await terminal('foot', 'right', web);
    await programs.pop()?.stop();
    await waitForProject('backend');
    await programs.pop()?.stop();
    await waitForProject(null);
  });

  it('is known when it was there before', async () => {
    await terminal('foot', 'left', web);
    const projects = [
      { name: 'outside', directory: backend },
      { name: 'inside', directory: web },
    ];
    const later = new Focus({ projects: () => projects, env: sway.env, folder: sway.folder, logger });
    later.follow();
    try {
      await waitFor('its project', async () => (await later.project()) === 'inside');
    } finally {
      await later.close();
    }
  });

  it('is in the project of an editor’s title, also when the title changes', async () => {
    const say = (folder: string) => `printf '\\033]2;main.ts - ${folder} - Visual Studio Code\\007'`;
    const script = `${say('backend')}; while ! [ -e go ]; do sleep 0.1; done; ${say('web')}; exec sleep 600`;
    const args = ['--app-id=code', 'sh', '-c', script];
    programs.push(await startProcess('foot', args, { env: sway.env, cwd: web }));
    await waitForProject('backend');
    programs.push(await startProcess('touch', [join(web, 'go')]));
    await waitForProject('web');
  });

  it('is answered in a moment', async () => {
    await terminal('foot', 'quick', backend);
    const times: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const began = performance.now();
      await focus.project();
      times.push(performance.now() - began);
    }
    const best = Math.min(...times);
    process.stdout.write(`the focused project is known after ${best.toFixed(1)} ms on sway\n`);
    // The best of some: others use the same cores.
    expect(best).toBeLessThan(5);
  });

  it('is found again when sway comes back', async () => {
    await terminal('foot', 'left', backend);
    await sway.kill();
    await waitForProject(null);
    await sway.start();
    await terminal('foot', 'right', web);
  });
});
