import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listenAt } from '../support/compositor-socket.ts';
import { type FakeHyprland, startFakeHyprland } from '../support/fake-hyprland.ts';
import type { HyprlandBind, HyprlandLanguage } from '../support/hyprland-binds.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { watchHotkey } from './watched-hotkey.ts';

const CTRL_ALT = 12;
const user = (bind: Partial<HyprlandBind>): HyprlandBind => ({
  modmask: CTRL_ALT,
  key: 'SPACE',
  dispatcher: 'exec',
  arg: 'foot',
  ...bind,
});

describe.each<HyprlandLanguage>(['hyprlang', 'lua'])('the listen key on Hyprland with %s', (language) => {
  const start = async () => {
    const runtime = temporaryFolder();
    const hyprland = await startFakeHyprland(runtime, 'abc_1_2', language);
    const env = {
      XDG_RUNTIME_DIR: runtime,
      HYPRLAND_INSTANCE_SIGNATURE: 'abc_1_2',
      WAYLAND_DISPLAY: 'wayland-1',
    };
    return { runtime, env, hyprland };
  };
  const waitForBinds = (hyprland: FakeHyprland, count: number) =>
    expect.poll(() => hyprland.binds.length).toBe(count);

  it('is bound with its release, and let go at the end', async () => {
    const { env, hyprland } = await start();
    await using _ = hyprland;
    {
      await using watched = watchHotkey(env);
      expect(await watched.waitForState('grabbed')).toMatchObject({ backend: 'hyprland' });
      hyprland.press(CTRL_ALT, 'space');
      hyprland.release(CTRL_ALT, 'space');
      expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    }
    expect(hyprland.binds).toEqual([]);
  });

  it('is released when its modifiers are let go first, and no other press of it is reported', async () => {
    const { env, hyprland } = await start();
    await using _ = hyprland;
    await using watched = watchHotkey(env, { listen: 'Super+Mouse8' });
    await watched.waitForState('grabbed');
    hyprland.press(64, 'mouse:275');
    await waitForBinds(hyprland, 3);
    hyprland.release(0, 'mouse:275');
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    await waitForBinds(hyprland, 2);
  });

  it('has a cancel key only while somebody listens', async () => {
    const { env, hyprland } = await start();
    await using _ = hyprland;
    hyprland.reload(user({ modmask: 0, key: 'F3' }));
    await using watched = watchHotkey(env);
    await watched.waitForState('grabbed');
    hyprland.press(0, 'Escape');
    watched.hotkey.setListening(true);
    await waitForBinds(hyprland, 4);
    hyprland.press(0, 'Escape');
    expect(await watched.waitForKeys(1)).toEqual(['cancel']);
    watched.hotkey.setListening(false);
    await waitForBinds(hyprland, 3);
  });

  it('that the user has bound stays the user’s, until a reload has freed it', async () => {
    const { env, hyprland } = await start();
    await using _ = hyprland;
    hyprland.reload(user({ description: 'a terminal' }));
    await using watched = watchHotkey(env);
    const { reason } = await watched.waitForState('waiting', 'hotkey-taken');
    expect(reason?.message).toBe('Ctrl+Alt+Space is bound in your configuration of Hyprland: a terminal.');
    expect(hyprland.binds).toHaveLength(1);
    hyprland.reload(user({ key: 'T' }));
    await watched.waitForState('grabbed');
    hyprland.reload();
    await waitForBinds(hyprland, 2);
    hyprland.press(CTRL_ALT, 'space');
    expect(await watched.waitForKeys(1)).toEqual(['press']);
  });

  it('leaves the user’s binding of the cancel key alone, also in a submap that it could remove', async () => {
    const { env, hyprland } = await start();
    await using _ = hyprland;
    const leave = user({ modmask: 0, key: 'escape', submap: 'resize', dispatcher: 'submap', arg: 'reset' });
    hyprland.reload(leave);
    await using watched = watchHotkey(env);
    await watched.waitForState('grabbed');
    watched.hotkey.setListening(true);
    hyprland.press(CTRL_ALT, 'space');
    await waitForBinds(hyprland, language === 'lua' ? 5 : 4);
    watched.hotkey.setListening(false);
    hyprland.release(CTRL_ALT, 'space');
    await waitForBinds(hyprland, 3);
    expect(hyprland.binds).toContain(leave);
  });

  it('takes the place of bindings that a killed daemon left', async () => {
    const { env, hyprland } = await start();
    await using _ = hyprland;
    // Two daemons at once: the second one finds what the first one has bound.
    await using first = watchHotkey(env);
    await first.waitForState('grabbed');
    await using second = watchHotkey(env);
    await second.waitForState('grabbed');
    expect(hyprland.binds).toHaveLength(2);
  });

  it('is bound again when Hyprland is back', async () => {
    const { runtime, env, hyprland } = await start();
    await using watched = watchHotkey(env);
    await watched.waitForState('grabbed');
    await hyprland[Symbol.asyncDispose]();
    await watched.waitForState('waiting', 'display-lost');
    await using again = await startFakeHyprland(runtime, 'new', language);
    await watched.waitForState('grabbed');
    again.press(CTRL_ALT, 'space');
    expect(await watched.waitForKeys(1)).toEqual(['press']);
  });
});

it('passes Hyprland over when its list of bindings cannot be read', async () => {
  const runtime = temporaryFolder();
  const folder = join(runtime, 'hypr', 'x');
  await using _events = await listenAt(join(folder, '.socket2.sock'));
  await using _answers = await listenAt(join(folder, '.socket.sock'), (client) => {
    client.once('data', () => client.end('unknown request'));
  });
  await using watched = watchHotkey({ XDG_RUNTIME_DIR: runtime });
  const { reason } = await watched.waitForState('off', 'hotkey-unavailable');
  expect(reason?.message).toContain('hyprland: Unexpected token');
});
