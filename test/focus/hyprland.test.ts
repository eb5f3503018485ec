import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hyprlandDriver } from '../../src/focus/hyprland.ts';
import { listenAt } from '../support/compositor-socket.ts';
import { startFakeHyprland } from '../support/fake-hyprland.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { followWindow } from './followed-window.ts';

const foot = () => ({ address: '55d0c0a81e30', class: 'foot', title: 'shell', pid: 4_711 });
const code = () => ({
  address: '55d0c0a9f210',
  class: 'Code',
  title: 'a.ts - web - Visual Studio Code',
  pid: 99,
});

describe('the active window of Hyprland', () => {
  const session = (signature = 'abc_1_2') => {
    const runtime = temporaryFolder();
    return { runtime, env: { XDG_RUNTIME_DIR: runtime, HYPRLAND_INSTANCE_SIGNATURE: signature } };
  };

  it('is the one that has the focus at the beginning, then the one that gets it', async () => {
    const { runtime, env } = session();
    await using hyprland = await startFakeHyprland(runtime, 'abc_1_2');
    hyprland.focus(foot());
    await using followed = followWindow(hyprlandDriver(env));
    await followed.waitFor({ title: 'shell', classes: ['foot'], pid: 4_711 });
    hyprland.focus(code());
    await followed.waitFor({ title: 'a.ts - web - Visual Studio Code', classes: ['code'], pid: 99 });
    hyprland.focus(null);
    await followed.waitFor(null);
  });

  it('has its new title without a request for each', async () => {
    const { runtime, env } = session();
    await using hyprland = await startFakeHyprland(runtime, 'abc_1_2');
    const [terminal, editor] = [foot(), code()];
    hyprland.focus(terminal);
    await using followed = followWindow(hyprlandDriver(env));
    await followed.waitFor({ title: 'shell' });
    for (const title of ['◐ working', '◓ working, still', '◑ working']) hyprland.retitle(terminal, title);
    hyprland.retitle(editor, 'another window');
    await followed.waitFor({ title: '◑ working', pid: 4_711 });
    expect(hyprland.requests).toEqual(['j/activewindow']);
  });

  it('is the last one when the focus moves faster than Hyprland answers', async () => {
    const { runtime, env } = session();
    await using hyprland = await startFakeHyprland(runtime, 'abc_1_2');
    await using followed = followWindow(hyprlandDriver(env));
    await followed.waitFor(null);
    for (const window of [foot(), code(), foot(), code()]) hyprland.focus(window);
    await followed.waitFor({ pid: 99 });
  });

  it('is none where an older Hyprland sends a comma, and other events change nothing', async () => {
    const { runtime, env } = session();
    await using hyprland = await startFakeHyprland(runtime, 'abc_1_2');
    hyprland.focus(foot());
    await using followed = followWindow(hyprlandDriver(env));
    hyprland.event('workspace', '2');
    hyprland.event('custom', 'activewindowv2>>1');
    await followed.waitFor({ pid: 4_711 });
    hyprland.event('activewindow', ',');
    hyprland.event('activewindowv2', ',');
    await followed.waitFor(null);
  });

  it('ends with Hyprland, and is found under another signature', async () => {
    const { runtime, env } = session();
    {
      await using hyprland = await startFakeHyprland(runtime, 'abc_1_2');
      await using followed = followWindow(hyprlandDriver(env));
      await followed.waitFor(null);
      await hyprland[Symbol.asyncDispose]();
      expect(await followed.ended).toEqual(new Error('Hyprland closed the connection'));
    }
    expect(await hyprlandDriver(env).unavailable()).toBe('Hyprland does not run here');
    await using hyprland = await startFakeHyprland(runtime, 'def_3_4');
    hyprland.focus(foot());
    expect(await hyprlandDriver(env).unavailable()).toBeNull();
    await using followed = followWindow(hyprlandDriver(env));
    await followed.waitFor({ pid: 4_711 });
  });

  it('is not taken from something else that answers', async () => {
    const { runtime, env } = session();
    await using _events = await listenAt(join(runtime, 'hypr', 'abc_1_2', '.socket2.sock'));
    await using _answers = await listenAt(join(runtime, 'hypr', 'abc_1_2', '.socket.sock'), (client) =>
      client.end('{"address":1}'),
    );
    await using followed = followWindow(hyprlandDriver(env));
    await followed.ended;
    expect(await followed.window()).toBeUndefined();
  });
});
