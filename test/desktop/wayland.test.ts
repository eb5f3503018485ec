import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headless, makeHome, startDaemon, type TestDaemon, type TestHome } from '../support/desktop.ts';
import { type NotificationRecorder, recordNotifications } from '../support/notification-recorder.ts';
import { startProcess, type TestProcess, waitFor } from '../support/process.ts';
import { RecordedMicrophone } from '../support/recorded-microphone.ts';
import { startSessionBus, type TestSessionBus } from '../support/session-bus.ts';
import { expectPausedKey, expectSpokenLoop } from '../support/spoken-loop.ts';
import { type Sway, startSway } from '../support/sway.ts';

describe('the whole loop on sway', () => {
  let sway: Sway;
  let bus: TestSessionBus;
  let dunst: TestProcess;
  let notifications: NotificationRecorder;
  let home: TestHome;
  let microphone: RecordedMicrophone;
  let daemon: TestDaemon;
  const press = async (): Promise<void> => {
    await sway.wtype('-M', 'ctrl', '-M', 'alt', '-k', 'space', '-m', 'alt', '-m', 'ctrl');
  };

  beforeAll(async () => {
    [sway, bus] = await Promise.all([startSway(), startSessionBus()]);
    notifications = await recordNotifications(bus.address);
    dunst = await startProcess('dunst', ['-config', '/dev/null'], { env: { ...sway.env, ...bus.env } });
    await bus.waitForName('org.freedesktop.Notifications');
    home = await makeHome();
    microphone = new RecordedMicrophone(home.path);
    const { SWAYSOCK, WAYLAND_DISPLAY = '', XDG_RUNTIME_DIR = '' } = sway.env;
    const session = { SWAYSOCK, XDG_SESSION_TYPE: 'wayland', XDG_CURRENT_DESKTOP: 'sway' };
    const display = { WAYLAND_DISPLAY: join(XDG_RUNTIME_DIR, WAYLAND_DISPLAY) };
    const env = { ...headless(), ...bus.env, ...session, ...display, DBUS_SYSTEM_BUS_ADDRESS: bus.address };
    daemon = await startDaemon(env, { home, config: microphone.settings });
  });
  afterAll(async () => {
    await daemon?.stop();
    await home?.remove();
    notifications?.stop();
    await dunst?.stop();
    await bus?.stop();
    await sway?.[Symbol.asyncDispose]();
  });

  it('hears a sentence at the press of the key, and answers in a bubble', async () => {
    const hotkey = async () => (await daemon.status()).hotkey;
    await waitFor('the key', async () => (await hotkey()).state === 'grabbed');
    expect(await hotkey()).toEqual({
      backend: 'sway',
      keys: ['Ctrl+Alt+Space', 'Escape'],
      state: 'grabbed',
      passed_over: [{ name: 'x11', reason: expect.stringContaining('Wayland') }],
    });
    expect((await daemon.cli('status')).stdout).toMatch(
      /hotkey +Ctrl\+Alt\+Space: grabbed \(sway\)\n +not x11: /,
    );
    await expectSpokenLoop({ daemon, microphone, notifications, press });
    const picture = process.env.CODEX_VOICE_TEST_PICTURES;
    if (picture) await sway.screenshot(join(picture, 'sway.png'));
  });

  it('leaves the key alone while it is paused', () => expectPausedKey({ daemon, press }));
});
