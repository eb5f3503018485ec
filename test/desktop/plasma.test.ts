import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headless, makeHome, startDaemon, type TestDaemon, type TestHome } from '../support/desktop.ts';
import { type KWin, startKWin } from '../support/kwin.ts';
import { type NotificationRecorder, recordNotifications } from '../support/notification-recorder.ts';
import { startProcess, type TestProcess, waitFor } from '../support/process.ts';
import { RecordedMicrophone } from '../support/recorded-microphone.ts';
import { callBus, connectTo } from '../support/session-bus.ts';
import { expectPausedKey, expectSpokenLoop } from '../support/spoken-loop.ts';
import { KEY } from '../support/wayland-keys.ts';

describe('the whole loop on KWin', () => {
  let kwin: KWin;
  let dunst: TestProcess;
  let notifications: NotificationRecorder;
  let home: TestHome;
  let microphone: RecordedMicrophone;
  let daemon: TestDaemon;
  const press = (): Promise<void> => kwin.keys.chord([KEY.ctrl, KEY.alt, KEY.space]);

  beforeAll(async () => {
    kwin = await startKWin();
    const { DBUS_SESSION_BUS_ADDRESS: address = '', WAYLAND_DISPLAY = '', XDG_RUNTIME_DIR = '' } = kwin.env;
    notifications = await recordNotifications(address);
    dunst = await startProcess('dunst', ['-config', '/dev/null'], { env: kwin.env });
    const bus = await connectTo(address);
    await waitFor('dunst', async () => {
      const name = ['org.freedesktop.Notifications'];
      return (await callBus(bus, 'org.freedesktop.DBus.NameHasOwner', 's', name))?.body[0] === true;
    });
    bus.disconnect();
    home = await makeHome();
    microphone = new RecordedMicrophone(home.path);
    const session = { XDG_SESSION_TYPE: 'wayland', XDG_CURRENT_DESKTOP: 'KDE' };
    const display = { WAYLAND_DISPLAY: join(XDG_RUNTIME_DIR, WAYLAND_DISPLAY) };
    const buses = { DBUS_SESSION_BUS_ADDRESS: address, DBUS_SYSTEM_BUS_ADDRESS: address };
    const env = { ...headless(), ...session, ...display, ...buses };
    daemon = await startDaemon(env, { home, config: microphone.settings });
  });
  afterAll(async () => {
    await daemon?.stop();
    await home?.remove();
    notifications?.stop();
    await dunst?.stop();
    await kwin?.[Symbol.asyncDispose]();
  });

  it('hears a sentence at the press of the key, and answers in a bubble', async () => {
    const hotkey = async () => (await daemon.status()).hotkey;
    await waitFor('the key', async () => (await hotkey()).state === 'grabbed');
    expect(await hotkey()).toMatchObject({ backend: 'portal', state: 'grabbed' });
    await expectSpokenLoop({ daemon, microphone, notifications, press });
  });

  it('leaves the key alone while it is paused', () => expectPausedKey({ daemon, press }));
});
