import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHome, type TestHome } from '../support/desktop.ts';
import { type Frame, type KWin, startKWin } from '../support/kwin.ts';
import { DEBIAN_START_MS, debian13 } from '../support/newer-debian.ts';
import { type TestProcess, waitFor } from '../support/process.ts';
import { callBus, connectTo } from '../support/session-bus.ts';
import {
  expectPausedKey,
  expectSpokenLoop,
  startWaylandDaemon,
  type WaylandDaemon,
} from '../support/spoken-loop.ts';
import { KEY } from '../support/wayland-keys.ts';
import { startXServer, type XServer } from '../support/x-server.ts';

const HELLO = [35, 18, 38, 38, 24] as const;

describe('the whole loop on Plasma 6.3, with its bubbles', () => {
  let x: XServer;
  let kwin: KWin;
  let plasma: TestProcess;
  let home: TestHome;
  let loop: WaylandDaemon;
  const press = (): Promise<void> => kwin.keys.chord([KEY.ctrl, KEY.alt, KEY.space]);
  const hotkey = async () => (await loop.daemon.status()).hotkey;

  beforeAll(async () => {
    // KWin draws into a window of it, so that pictures can be taken.
    x = await startXServer({ windowManager: false });
    home = await makeHome();
    const { XDG_DATA_HOME: dataHome = '' } = home.env;
    kwin = await startKWin({ system: await debian13(), version: '6', dataHome, display: x.display });
    // The notifications of plasmashell, without the rest of it.
    plasma = await kwin.run('plasmawindowed', ['org.kde.plasma.notifications']);
    const bus = await connectTo(kwin.env.DBUS_SESSION_BUS_ADDRESS ?? '');
    await waitFor('Plasma', async () => {
      const name = ['org.freedesktop.Notifications'];
      return (await callBus(bus, 'org.freedesktop.DBus.NameHasOwner', 's', name))?.body[0] === true;
    });
    bus.disconnect();
    loop = await startWaylandDaemon(kwin.env, home, { XDG_CURRENT_DESKTOP: 'KDE' });
  }, DEBIAN_START_MS);
  afterAll(async () => {
    await loop?.stop();
    await home?.remove();
    await plasma?.stop();
    await kwin?.[Symbol.asyncDispose]();
    await x?.stop();
  });

  /** The frame of the bubble; null: there is none. */
  const bubble = (): Promise<Frame | null> =>
    kwin.ask(
      'frameOf(workspace.windowList().find((window) => window.notification || window.criticalNotification))',
    );

  it('hears a sentence at the press of the key, and answers in a bubble', async () => {
    await waitFor('the key', async () => (await hotkey()).state === 'grabbed');
    expect(await hotkey()).toMatchObject({ backend: 'portal', keys: ['Ctrl+Alt+Space', expect.any(String)] });
    expect((await loop.daemon.status()).notifications).toMatchObject({
      server: expect.stringMatching(/^Plasma 6/),
      capabilities: expect.arrayContaining(['inline-reply']),
    });
    await expectSpokenLoop({ ...loop, press });
  });

  it('sends what is typed into the field of the bubble', async () => {
    const before = (await loop.daemon.history()).length;
    // It grows with the answer.
    await delay(2_000);
    const { x: left, y: top, width, height } = await waitFor('the bubble', bubble);
    // Its buttons, from the right: Copy, Speak reply, Reply.
    await kwin.keys.click(left + width - 170, top + height - 20);
    await delay(1_000);
    for (const code of HELLO) await kwin.keys.chord([code], 20);
    await delay(500);
    const pictures = process.env.CODEX_VOICE_TEST_PICTURES;
    if (pictures) await x.screenshot(join(pictures, 'plasma.png'));
    await kwin.keys.chord([KEY.enter], 20);
    const [reply] = await loop.daemon.waitForEnd(before + 1);
    expect(reply).toMatchObject({ state: 'answered', source: 'reply', prompt: 'hello' });
  });

  it('leaves the key alone while it is paused', () => expectPausedKey({ ...loop, press }));
});
