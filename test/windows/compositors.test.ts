import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { WantedWindow } from '../../src/windows/compositor.ts';
import { findCompositor } from '../../src/windows/compositors.ts';
import { presentNext } from '../../src/windows/present.ts';
import { raiseWindow } from '../../src/windows/raise.ts';
import { startFakeHyprland } from '../support/fake-hyprland.ts';
import { niriWindow, startFakeNiri } from '../support/fake-niri.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const logger = pino({ level: 'silent' });
const WAYLAND = { WAYLAND_DISPLAY: 'wayland-1' };
const WANTED: WantedWindow = { class: 'codex-voice-backend', title: 'codex-voice: backend', pids: [77] };

/** Presents the next window; `came` resolves when it has opened. */
function present(env: NodeJS.ProcessEnv, wanted = WANTED): { came: Promise<void>; done: Promise<void> } {
  const { promise: came, resolve } = Promise.withResolvers<void>();
  return { came, done: presentNext(env, wanted, resolve, logger) };
}

describe('windows of Hyprland', () => {
  const other = { address: 'a1', class: 'firefox', title: 'codex-voice: backend', pid: 5 };
  const popup = { address: 'b2', class: 'codex-voice-backend', title: 'sh', pid: 77 };

  it('are raised by their class, else by a process above, wherever the socket is now', async () => {
    const runtime = temporaryFolder();
    await using hyprland = await startFakeHyprland(runtime, 'new');
    const env = { ...WAYLAND, XDG_RUNTIME_DIR: runtime, HYPRLAND_INSTANCE_SIGNATURE: 'gone' };
    hyprland.windows.push({ ...popup, address: 'c3', class: 'foot', pid: process.ppid });
    const window = { pid: process.pid, class: 'codex-voice-backend' };
    expect(await raiseWindow(window, env, logger, 'linux')).toBe(true);
    hyprland.windows.push(popup);
    expect(await raiseWindow(window, env, logger, 'linux')).toBe(true);
    expect(hyprland.requests.filter((request) => request.startsWith('dispatch'))).toEqual([
      'dispatch focuswindow address:0xc3',
      'dispatch focuswindow address:0xb2',
    ]);
    hyprland.windows.length = 0;
    expect(await raiseWindow(window, env, logger, 'linux')).toBe(false);
  });

  it('come floating, focused and centred', async () => {
    const runtime = temporaryFolder();
    await using hyprland = await startFakeHyprland(runtime, 'x');
    hyprland.windows.push(other);
    const { came, done } = present({ ...WAYLAND, XDG_RUNTIME_DIR: runtime });
    await expect.poll(() => hyprland.requests).toContain('j/clients');
    hyprland.open({ ...other, address: 'd4', title: 'mail' });
    hyprland.open(popup);
    await came;
    await done;
    expect(hyprland.requests.filter((request) => request.startsWith('dispatch'))).toEqual([
      'dispatch setfloating address:0xb2',
      'dispatch focuswindow address:0xb2',
      'dispatch centerwindow',
    ]);
  });
});

describe('windows of a Hyprland that is configured in Lua', () => {
  const popup = { address: 'b2', class: 'codex-voice-backend', title: 'sh', pid: 77 };

  it('are raised, and come floating, focused and centred', async () => {
    const runtime = temporaryFolder();
    await using hyprland = await startFakeHyprland(runtime, 'x', 'lua');
    const env = { ...WAYLAND, XDG_RUNTIME_DIR: runtime };
    hyprland.windows.push(popup);
    expect(await raiseWindow({ pid: 77, class: popup.class }, env, logger, 'linux')).toBe(true);
    await present(env).done;
    const window = 'window = "address:0xb2" })';
    expect(hyprland.requests.filter((request) => request.startsWith('dispatch'))).toEqual([
      `dispatch hl.dsp.focus({ ${window}`,
      `dispatch hl.dsp.window.float({ action = "on", ${window}`,
      `dispatch hl.dsp.focus({ ${window}`,
      `dispatch hl.dsp.window.center({ ${window}`,
    ]);
  });
});

describe('windows of niri', () => {
  it('are raised by the number that it gives them', async () => {
    const runtime = temporaryFolder();
    await using niri = await startFakeNiri(runtime);
    const env = { ...WAYLAND, XDG_RUNTIME_DIR: runtime };
    niri.windows.push(niriWindow(3, { pid: null }), niriWindow(7, { pid: process.ppid }));
    const window = { pid: process.pid, class: 'codex-voice-backend' };
    expect(await raiseWindow(window, env, logger, 'linux')).toBe(true);
    expect(niri.actions).toEqual([{ FocusWindow: { id: 7 } }]);
  });

  it('come floating, centred and focused, also when the title comes later', async () => {
    const runtime = temporaryFolder();
    await using niri = await startFakeNiri(runtime);
    niri.windows.push(niriWindow(1, { title: 'codex-voice: backend' }));
    const compositor = await findCompositor({ ...WAYLAND, XDG_RUNTIME_DIR: runtime });
    expect(compositor?.name).toBe('niri');
    const { promise: came, resolve } = Promise.withResolvers<void>();
    const done = compositor?.presentNext(WANTED, resolve, AbortSignal.timeout(20_000));
    const poll = setInterval(() => {
      niri.event('WindowOpenedOrChanged', { window: niriWindow(2, { title: null }) });
      niri.event('WindowOpenedOrChanged', { window: niriWindow(2, { title: 'codex-voice: backend' }) });
    }, 20);
    await came;
    clearInterval(poll);
    await done;
    expect(niri.actions).toEqual([
      { MoveWindowToFloating: { id: 2 } },
      { CenterWindow: { id: 2 } },
      { FocusWindow: { id: 2 } },
    ]);
  });

  it('are not waited for when niri ends', async () => {
    const runtime = temporaryFolder();
    const niri = await startFakeNiri(runtime);
    const env = { ...WAYLAND, XDG_RUNTIME_DIR: runtime, NIRI_SOCKET: join(runtime, 'gone') };
    const { done } = present(env);
    await niri[Symbol.asyncDispose]();
    await done;
    expect(niri.actions).toEqual([]);
  });
});
