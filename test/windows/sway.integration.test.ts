import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MESSAGE, SwayConnection } from '../../src/wayland/sway-connection.ts';
import { openTerminal } from '../../src/windows/popup.ts';
import { raiseWindow } from '../../src/windows/raise.ts';
import { startProcess, type TestProcess, waitFor } from '../support/process.ts';
import { type Sway, startSway } from '../support/sway.ts';

const logger = pino({ level: 'silent' });

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Node {
  type: string;
  focused: boolean;
  app_id?: string | null;
  pid?: number;
  rect: Box;
  deco_rect: Box;
  nodes: Node[];
  floating_nodes: Node[];
}

describe('a pop-up window on sway', { timeout: 120_000 }, () => {
  let sway: Sway;
  let env: NodeJS.ProcessEnv;
  const programs: TestProcess[] = [];

  beforeAll(async () => {
    sway = await startSway('workspace one');
    env = { ...sway.env, SWAYSOCK: join(sway.folder, 'an-older-one') };
    programs.push(await startProcess('foot', ['--app-id=tiled', 'sleep', '600'], { env: sway.env }));
    await waitFor('the first window', async () => (await focused())?.app_id === 'tiled');
  });
  afterAll(async () => {
    for (const program of programs) await program.stop();
    await sway?.[Symbol.asyncDispose]();
  });

  async function windows(): Promise<Node[]> {
    using connection = await SwayConnection.open(sway.env.SWAYSOCK ?? '');
    const all = (node: Node): Node[] => [node, ...[...node.nodes, ...node.floating_nodes].flatMap(all)];
    return all((await connection.ask(MESSAGE.tree)) as Node).filter(({ pid }) => pid);
  }
  const focused = async () => (await windows()).find((window) => window.focused);
  const file = (name: string) => join(sway.folder, name);

  it('comes floating in the middle with its own size and the keyboard', async () => {
    const size = { columns: 60, rows: 10 };
    // What sway never makes a tile has the size that the terminal wants.
    await sway.command('for_window [app_id="never-tiled"] floating enable');
    const model = ['--app-id=never-tiled', '--window-size-chars=60x10', 'sleep', '600'];
    programs.push(await startProcess('foot', model, { env: sway.env }));
    const { width, height } = await waitFor('the model', async () => {
      const found = await focused();
      return found?.app_id === 'never-tiled' && found.rect;
    });
    const script = 'echo $$ > "$0"; while sleep 0.1; do stty size > "$0.size"; done';
    const look = { title: 'codex-voice: a', class: 'codex-voice-a', ...size, logger };
    await openTerminal('foot', ['sh', '-c', script, file('a')], env, look);
    await waitFor('the window', async () => {
      const found = await focused();
      return found?.app_id === 'codex-voice-a' && found.type === 'floating_con';
    });
    const place = async () => {
      const { rect, deco_rect } = (await focused()) ?? {};
      // The rectangle leaves out the title bar above it.
      const { x = 0, y = 0, width: wide = 0, height: high = 0 } = rect ?? {};
      const top = y - (deco_rect?.height ?? 0);
      return { width: wide, height: high, middle: { x: x + wide / 2, y: Math.round((top + y + high) / 2) } };
    };
    const wanted = { width, height, middle: { x: 640, y: 400 } };
    await expect.poll(place, { timeout: 5_000 }).toEqual(wanted);
    await expect.poll(() => readFile(`${file('a')}.size`, 'utf8')).toBe('10 60\n');
    // Late commits of the terminal change nothing any more.
    await delay(500);
    expect(await place()).toEqual(wanted);
  });

  it('is raised from another workspace, by a program in it', async () => {
    const pid = await waitFor('the program in it', () => readFile(file('a'), 'utf8').catch(() => ''));
    await sway.command('workspace two');
    await waitFor('an empty workspace', async () => (await focused()) === undefined);
    expect(await raiseWindow({ pid: Number(pid), class: 'other' }, env, logger)).toBe(true);
    expect((await focused())?.app_id).toBe('codex-voice-a');
    expect(await raiseWindow({ pid: 1, class: 'codex-voice-none' }, env, logger)).toBe(false);
  });

  it('is found by its class where one process has many windows', async () => {
    await sway.command('[app_id="tiled"] focus');
    const tiled = programs[0]?.pid ?? 0;
    expect(await raiseWindow({ pid: tiled, class: 'codex-voice-a' }, env, logger)).toBe(true);
    expect((await focused())?.app_id).toBe('codex-voice-a');
  });

  it('is an X11 one as well', async () => {
    const title = 'codex-voice: x11';
    await openTerminal('xterm', ['sleep', '600'], env, { title, class: 'codex-voice-x11', logger });
    await waitFor('the window', async () => {
      const found = await focused();
      return found && found.app_id === null && found.type === 'floating_con';
    });
  });
});
