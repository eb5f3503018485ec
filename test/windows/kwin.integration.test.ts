import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActiveWindow } from '../../src/focus/active-window.ts';
import { kwinDriver } from '../../src/focus/kwin.ts';
import { findCompositor } from '../../src/windows/compositors.ts';
import { openTerminal } from '../../src/windows/popup.ts';
import { raiseWindow } from '../../src/windows/raise.ts';
import { type FollowedWindow, followWindow } from '../focus/followed-window.ts';
import { type Frame, KWINS, type KWin } from '../support/kwin.ts';
import { DEBIAN_START_MS } from '../support/newer-debian.ts';
import { startProcess, type TestProcess, waitFor } from '../support/process.ts';

const logger = pino({ level: 'silent' });
const CLASS = 'org.freedesktop.weston.wayland-terminal';

describe.each(KWINS)('a pop-up window on $name', { timeout: 180_000 }, ({ start }) => {
  let kwin: KWin;
  let followed: FollowedWindow;
  const programs: TestProcess[] = [];

  beforeAll(async () => {
    kwin = await start();
    followed = followWindow(kwinDriver({ env: kwin.env, folder: kwin.folder }));
    await waitFor('the script', async () => (await followed.window()) !== undefined);
  }, DEBIAN_START_MS);
  afterAll(async () => {
    await followed?.[Symbol.asyncDispose]();
    for (const program of programs) await program.stop();
    await kwin?.[Symbol.asyncDispose]();
  });

  /** The frame of the active window. */
  const frame = (): Promise<Frame> => kwin.ask(`frameOf(workspace.activeWindow || workspace.activeClient)`);

  async function terminal(): Promise<number> {
    const program = await startProcess('weston-terminal', ['--shell=/bin/sh'], { env: kwin.env });
    programs.push(program);
    await followed.waitFor({ pid: program.pid ?? 0 });
    return program.pid ?? 0;
  }

  it('comes in the middle, with the keyboard', async () => {
    expect((await findCompositor(kwin.env))?.name).toBe('kwin');
    await terminal();
    const program = join(kwin.folder, 'xterm');
    await writeFile(program, '#!/bin/sh\nexec weston-terminal --shell=/bin/sh\n', { mode: 0o755 });
    const before = (await followed.window())?.pid;
    await openTerminal(program, [], kwin.env, { title: 'codex-voice: a', class: 'codex-voice-a', logger });
    const window = await waitFor('the window', async () => {
      const active = (await followed.window()) as ActiveWindow | null;
      return active && active.pid !== before ? active : null;
    });
    const { x, y, width, height } = await frame();
    expect([Math.abs(x + width / 2 - 640), Math.abs(y + height / 2 - 400)].every((off) => off <= 1)).toBe(
      true,
    );
    process.kill(window.pid ?? 0);
  });

  it('is raised by its process or its class, and another one is not', async () => {
    const [first, second] = [await terminal(), await terminal()];
    const raise = (pid: number, name = 'none') =>
      raiseWindow({ pid, class: name }, kwin.env, logger, 'linux');
    expect(await raise(first)).toBe(true);
    await followed.waitFor({ pid: first });
    expect(await raise(second)).toBe(true);
    await followed.waitFor({ pid: second });
    expect(await raise(1, CLASS.toUpperCase())).toBe(true);
    expect(await raise(1)).toBe(false);
  });

  it('leaves no file behind', async () => {
    const files = await readdir(kwin.env.XDG_RUNTIME_DIR ?? '');
    expect(files.filter((name) => name.startsWith('codex-voice-window-'))).toEqual([]);
  });
});
