import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHome, type TestHome } from '../support/desktop.ts';
import { type KWin, startKWin } from '../support/kwin.ts';
import { startProcess, type TestProcess, waitFor } from '../support/process.ts';
import { callBus, connectTo } from '../support/session-bus.ts';
import {
  expectPausedKey,
  expectSpokenLoop,
  startWaylandDaemon,
  type WaylandDaemon,
} from '../support/spoken-loop.ts';
import { KEY } from '../support/wayland-keys.ts';

describe('the whole loop on KWin', () => {
  let kwin: KWin;
  let dunst: TestProcess;
  let home: TestHome;
  let loop: WaylandDaemon;
  const press = (): Promise<void> => kwin.keys.chord([KEY.ctrl, KEY.alt, KEY.space]);

  beforeAll(async () => {
    kwin = await startKWin();
    dunst = await startProcess('dunst', ['-config', '/dev/null'], { env: kwin.env });
    const bus = await connectTo(kwin.env.DBUS_SESSION_BUS_ADDRESS ?? '');
    await waitFor('dunst', async () => {
      const name = ['org.freedesktop.Notifications'];
      return (await callBus(bus, 'org.freedesktop.DBus.NameHasOwner', 's', name))?.body[0] === true;
    });
    bus.disconnect();
    home = await makeHome();
    loop = await startWaylandDaemon(kwin.env, home, { XDG_CURRENT_DESKTOP: 'KDE' });
  });
  afterAll(async () => {
    await loop?.stop();
    await home?.remove();
    await dunst?.stop();
    await kwin?.[Symbol.asyncDispose]();
  });

  it('hears a sentence at the press of the key, and answers in a bubble', async () => {
    const hotkey = async () => (await loop.daemon.status()).hotkey;
    await waitFor('the key', async () => (await hotkey()).state === 'grabbed');
    expect(await hotkey()).toMatchObject({ backend: 'portal', state: 'grabbed' });
    await expectSpokenLoop({ ...loop, press });
  });

  it('leaves the key alone while it is paused', () => expectPausedKey({ ...loop, press }));
});
