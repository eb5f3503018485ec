import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HiddenTui } from '../../../src/codex/tui/hidden-tui.ts';
import type { ErrorReport } from '../../../src/errors.ts';
import { silent } from '../../support/codex.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const CRASHES = 'echo the screen is on fire; sleep 0.05; exit 3';
const COMPOSER = `printf '\\033[?2026h› \\033[2mAsk Codex to do anything\\033[0m\\033[?2026l'; exec sleep 100`;
const NOTHING: ErrorReport = { code: 'codex-blocked', message: 'It shows nothing.', hint: 'Look.' };

describe('a hidden terminal', () => {
  let folder: string;
  let tui: HiddenTui;
  let gaveUp: ErrorReport[];
  let changes: (string | null)[];

  beforeEach(async () => {
    folder = temporaryFolder();
    gaveUp = [];
    changes = [];
    tui = new HiddenTui(
      { socketFolder: folder, logger: silent },
      {
        gaveUp: (reason) => gaveUp.push(reason),
        changed: () => changes.push(tui.trouble?.message ?? null),
      },
    );
    await tui.terminal.load();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await tui.stop();
  });

  function show(script: string, optional: boolean): void {
    tui.show({
      binary: '/bin/sh',
      thread: null,
      args: () => ['-c', script],
      directory: folder,
      env: process.env,
      optional,
    });
  }

  it('that Codex can do without is only in trouble when it ends again and again', async () => {
    show(CRASHES, true);
    expect(await tui.obstacle(AbortSignal.timeout(30_000))).toBeNull();
    expect(tui.trouble).toMatchObject({
      code: 'codex-down',
      message: 'Codex keeps ending in the hidden terminal: the screen is on fire',
    });
    expect(gaveUp).toEqual([]);
    await expect.poll(() => tui.terminal.screen().join(' ')).toContain('without this terminal');
    expect(tui.terminal.rows()).toEqual([]);
  });

  it('that Codex needs is given up', async () => {
    show(CRASHES, false);
    await expect.poll(() => gaveUp, { timeout: 20_000 }).toHaveLength(1);
    expect(tui.trouble).toBeNull();
    expect(tui.giveUp(NOTHING)).toBe(false);
  });

  it('that cannot be opened throws only when Codex needs it', async () => {
    const spawned = vi.spyOn(tui.terminal, 'start').mockImplementation(() => {
      throw new Error('no more terminals');
    });
    expect(() => show(COMPOSER, false)).toThrow('no more terminals');
    show(COMPOSER, true);
    expect(tui.trouble?.message).toBe('no more terminals');
    tui.retry();
    expect(spawned).toHaveBeenCalledTimes(2);
  });

  it('is out of trouble as soon as it shows its composer', async () => {
    const ready = join(folder, 'ready');
    show(`while ! [ -e '${ready}' ]; do sleep 0.05; done; ${COMPOSER}`, true);
    expect(tui.giveUp(NOTHING)).toBe(true);
    expect(await tui.obstacle(AbortSignal.timeout(5_000))).toBeNull();
    expect(tui.trouble).toBe(NOTHING);
    await writeFile(ready, '');
    await expect.poll(() => tui.trouble).toBeNull();
    expect(changes).toEqual(['It shows nothing.', null]);
    expect(await tui.obstacle(AbortSignal.timeout(5_000))).toBeNull();
  });

  it('stays in trouble while it seems to show a menu, and not for a question that it does show', async () => {
    const ready = join(folder, 'ready');
    const wait = `while ! [ -e '${ready}' ]; do sleep 0.05; done`;
    show(`printf 'esc to go back'; ${wait}; printf '\\r\\nTrust this folder?\\r\\n'; exec sleep 100`, true);
    await expect.poll(() => tui.terminal.rows()[0]?.text).toBe('esc to go back');
    tui.giveUp(NOTHING);
    await writeFile(ready, '');
    await expect.poll(() => tui.trouble).toBeNull();
    expect(changes).toEqual(['It shows nothing.', null]);
    expect(await tui.obstacle(AbortSignal.timeout(5_000))).toMatchObject({
      message: 'Codex asks whether to trust the folder.',
    });
  });

  it('that has failed is started again with a prompt, after a minute', async () => {
    const start = vi.spyOn(tui.terminal, 'start').mockImplementationOnce(() => {
      throw new Error('no more terminals');
    });
    show(COMPOSER, true);
    tui.retry();
    expect(start).toHaveBeenCalledTimes(1);
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 61_000);
    tui.retry();
    expect(start).toHaveBeenCalledTimes(2);
    await expect.poll(() => tui.trouble).toBeNull();
    tui.retry();
    expect(start).toHaveBeenCalledTimes(2);
  });
});
