import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headless, makeHome, startDaemon, type TestDaemon, type TestHome } from '../support/desktop.ts';
import { type Gnome, startGnome } from '../support/gnome.ts';
import { type NotificationRecorder, recordNotifications } from '../support/notification-recorder.ts';
import { run } from '../support/process.ts';
import { RecordedMicrophone } from '../support/recorded-microphone.ts';
import { expectPausedKey, expectSpokenLoop } from '../support/spoken-loop.ts';
import { KEY } from '../support/wayland-keys.ts';

const CHORD = [KEY.ctrl, KEY.alt, KEY.space];

describe('the whole loop on GNOME Shell 43', () => {
  let gnome: Gnome;
  let notifications: NotificationRecorder;
  let home: TestHome;
  let microphone: RecordedMicrophone;
  let daemon: TestDaemon;
  const press = (): Promise<void> => gnome.chord(CHORD);
  const bindings = (): Promise<string> =>
    run('gsettings', ['get', 'org.gnome.settings-daemon.plugins.media-keys', 'custom-keybindings'], {
      env: gnome.env,
    });

  beforeAll(async () => {
    home = await makeHome();
    gnome = await startGnome(home.env.XDG_CONFIG_HOME ?? '');
    notifications = await recordNotifications(gnome.bus.address);
    microphone = new RecordedMicrophone(home.path);
    const { WAYLAND_DISPLAY = '', XDG_RUNTIME_DIR = '', GSETTINGS_BACKEND } = gnome.env;
    const session = { XDG_SESSION_TYPE: 'wayland', XDG_CURRENT_DESKTOP: 'GNOME', GSETTINGS_BACKEND };
    const display = { WAYLAND_DISPLAY: join(XDG_RUNTIME_DIR, WAYLAND_DISPLAY) };
    const buses = { ...gnome.bus.env, DBUS_SYSTEM_BUS_ADDRESS: gnome.bus.address };
    const env = { ...headless(), ...session, ...display, ...buses };
    daemon = await startDaemon(env, { home, config: microphone.settings });
  });
  afterAll(async () => {
    await daemon?.stop();
    await home?.remove();
    notifications?.stop();
    await gnome?.[Symbol.asyncDispose]();
  });

  it('hears a sentence at the press of a shortcut of the user, and answers in the bubble of the shell', async () => {
    await expect.poll(async () => (await daemon.status()).hotkey.state).toBe('grabbed');
    expect((await daemon.status()).hotkey).toMatchObject({ backend: 'gsettings' });
    expect(await bindings()).toContain('codex-voice');
    await expectSpokenLoop({ daemon, microphone, notifications, press });
  });

  it('hears one sentence while the key is held, which GNOME repeats', async () => {
    const before = (await daemon.history()).length;
    const hold = (): Promise<void> => gnome.chord(CHORD, 1_500);
    await expectSpokenLoop({ daemon, microphone, notifications, press: hold });
    expect(await daemon.history()).toHaveLength(before + 1);
  });

  it('leaves the key alone while it is paused, and nothing in the settings at the end', async () => {
    await expectPausedKey({ daemon, press });
    await daemon.process.stop();
    expect(await bindings()).not.toContain('codex-voice');
  });
});
