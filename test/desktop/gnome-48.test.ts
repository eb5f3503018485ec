import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHome, type TestHome } from '../support/desktop.ts';
import { GNOME_PORTAL, type Gnome, startGnome } from '../support/gnome.ts';
import { DEBIAN_START_MS, debian13 } from '../support/newer-debian.ts';
import { waitFor } from '../support/process.ts';
import {
  expectPausedKey,
  expectSpokenLoop,
  startWaylandDaemon,
  type WaylandDaemon,
} from '../support/spoken-loop.ts';
import { KEY } from '../support/wayland-keys.ts';

const CHORD = [KEY.ctrl, KEY.alt, KEY.space];
const PORTALS = ['/usr/libexec/xdg-desktop-portal', '/usr/libexec/xdg-desktop-portal-gnome'] as const;

describe('the whole loop on GNOME 48, through its portal', () => {
  let gnome: Gnome;
  let home: TestHome;
  let loop: WaylandDaemon;
  const press = (): Promise<void> => gnome.chord(CHORD);
  const hotkey = async () => (await loop.daemon.status()).hotkey;
  const grabbed = () => waitFor('the key', async () => (await hotkey()).state === 'grabbed');
  const start = async (): Promise<void> => {
    const { GSETTINGS_BACKEND } = gnome.env;
    loop = await startWaylandDaemon(gnome.env, home, { XDG_CURRENT_DESKTOP: 'GNOME', GSETTINGS_BACKEND });
  };
  const picture = async (name: string): Promise<void> => {
    const folder = process.env.CODEX_VOICE_TEST_PICTURES;
    if (folder) await gnome.screenshot(join(folder, name));
  };

  beforeAll(async () => {
    const system = await debian13();
    home = await makeHome();
    const { XDG_CONFIG_HOME: configHome = '', XDG_DATA_HOME: dataHome = '' } = home.env;
    gnome = await startGnome({ configHome, dataHome, system, services: GNOME_PORTAL });
    // GNOME begins with its overview.
    await gnome.chord([KEY.escape]);
  }, DEBIAN_START_MS);
  afterAll(async () => {
    await loop?.stop();
    await home?.remove();
    await gnome?.[Symbol.asyncDispose]();
  });

  it('asks the user once, says so meanwhile, and hears a sentence afterwards', async () => {
    await start();
    await waitFor('the dialog', async () => (await hotkey()).reason?.message.includes('asks you'));
    await delay(1_000);
    await picture('gnome-asks.png');
    await gnome.addShortcuts();
    await grabbed();
    expect(await hotkey()).toMatchObject({
      backend: 'portal',
      keys: ['Ctrl+Alt+Space', 'Shift+Ctrl+Alt+Space'],
    });
    await expectSpokenLoop({ ...loop, press });
    await picture('gnome.png');
  });

  it('hears one sentence while the key is held', async () => {
    const before = (await loop.daemon.history()).length;
    await expectSpokenLoop({ ...loop, press: () => gnome.chord(CHORD, 1_500) });
    expect(await loop.daemon.history()).toHaveLength(before + 1);
  });

  it.each(PORTALS)('has the key again when %s is back, without another question', async (program) => {
    const log = () => loop.daemon.process.stderr().match(/the hotkey is grabbed/g)?.length ?? 0;
    const before = log();
    await gnome.restart(program);
    await waitFor('the key', () => log() > before);
    await expectSpokenLoop({ ...loop, press });
  });

  it('leaves the key alone while it is paused', () => expectPausedKey({ ...loop, press }));

  it('asks nothing at the next start', async () => {
    await loop.stop();
    await start();
    await grabbed();
    await expectSpokenLoop({ ...loop, press });
  });
});
