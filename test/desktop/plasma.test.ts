import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headless, makeHome, startDaemon, type TestDaemon, type TestHome } from '../support/desktop.ts';
import { type KWin, startKWin } from '../support/kwin.ts';
import { type NotificationRecorder, recordNotifications } from '../support/notification-recorder.ts';
import { startProcess, type TestProcess, waitFor } from '../support/process.ts';
import { RecordedMicrophone } from '../support/recorded-microphone.ts';
import { callBus, connectTo } from '../support/session-bus.ts';
import { clip } from '../support/speech.ts';
import { KEY } from '../support/wayland-keys.ts';
import { wordErrors } from '../support/wer.ts';

const SPOKEN = clip('sb-spk1_snt5');
const PRESS = [KEY.ctrl, KEY.alt, KEY.space];

describe('the whole loop on KWin', () => {
  let kwin: KWin;
  let dunst: TestProcess;
  let notifications: NotificationRecorder;
  let home: TestHome;
  let microphone: RecordedMicrophone;
  let daemon: TestDaemon;

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
    await microphone.hears(SPOKEN.path);
    await kwin.keys.chord(PRESS);
    const [utterance] = await daemon.waitForEnd(1);
    expect(utterance).toMatchObject({ state: 'answered', source: 'hotkey' });
    const said = daemon.model.requests.at(-1)?.lastUserText ?? '';
    expect(wordErrors(SPOKEN.text, said).rate).toBeLessThan(0.2);
    const answer = (utterance?.answer ?? '').slice(0, 20);
    await waitFor('the answer in a bubble', () =>
      notifications.sent.some(({ body }) => body.includes(answer)),
    );
  });

  it('leaves the key alone while it is paused', async () => {
    await daemon.cli('pause');
    await waitFor('the key to be free', async () => (await daemon.status()).hotkey.state === 'off');
    const before = (await daemon.history()).length;
    await kwin.keys.chord(PRESS);
    await daemon.cli('unpause');
    await waitFor('the key', async () => (await daemon.status()).hotkey.state === 'grabbed');
    expect(await daemon.history()).toHaveLength(before);
    await kwin.keys.chord(PRESS);
    await daemon.waitForEnd(before + 1);
  });
});
