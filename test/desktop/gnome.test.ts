import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHome, type TestHome } from '../support/desktop.ts';
import { type Gnome, startGnome } from '../support/gnome.ts';
import { run } from '../support/process.ts';
import {
  expectPausedKey,
  expectSpokenLoop,
  startWaylandDaemon,
  type WaylandDaemon,
} from '../support/spoken-loop.ts';
import { KEY } from '../support/wayland-keys.ts';

const CHORD = [KEY.ctrl, KEY.alt, KEY.space];

describe('the whole loop on GNOME Shell 43', () => {
  let gnome: Gnome;
  let home: TestHome;
  let loop: WaylandDaemon;
  const press = (): Promise<void> => gnome.chord(CHORD);
  const bindings = (): Promise<string> =>
    run('gsettings', ['get', 'org.gnome.settings-daemon.plugins.media-keys', 'custom-keybindings'], {
      env: gnome.env,
    });

  beforeAll(async () => {
    home = await makeHome();
    gnome = await startGnome({ configHome: home.env.XDG_CONFIG_HOME ?? '' });
    const { GSETTINGS_BACKEND } = gnome.env;
    loop = await startWaylandDaemon(gnome.env, home, { XDG_CURRENT_DESKTOP: 'GNOME', GSETTINGS_BACKEND });
  });
  afterAll(async () => {
    await loop?.stop();
    await home?.remove();
    await gnome?.[Symbol.asyncDispose]();
  });

  it('hears a sentence at the press of a shortcut of the user, and answers in the bubble of the shell', async () => {
    await expect.poll(async () => (await loop.daemon.status()).hotkey.state).toBe('grabbed');
    expect((await loop.daemon.status()).hotkey).toMatchObject({ backend: 'gsettings' });
    expect(await bindings()).toContain('codex-voice');
    await expectSpokenLoop({ ...loop, press });
  });

  it('hears one sentence while the key is held, which GNOME repeats', async () => {
    const before = (await loop.daemon.history()).length;
    const hold = (): Promise<void> => gnome.chord(CHORD, 1_500);
    await expectSpokenLoop({ ...loop, press: hold });
    expect(await loop.daemon.history()).toHaveLength(before + 1);
  });

  it('leaves the key alone while it is paused, and nothing in the settings at the end', async () => {
    await expectPausedKey({ ...loop, press });
    await loop.daemon.process.stop();
    expect(await bindings()).not.toContain('codex-voice');
  });
});
