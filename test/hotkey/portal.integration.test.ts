import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Message } from '@jellybrick/dbus-next';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakePortal } from '../support/fake-portal.ts';
import { callBus, connectTo, startSessionBus, type TestSessionBus } from '../support/session-bus.ts';
import { watchHotkey } from './watched-hotkey.ts';

let bus: TestSessionBus;
let folder: string;
let applications: string;
beforeEach(async () => {
  bus = await startSessionBus();
  folder = await mkdtemp(join(tmpdir(), 'codex-voice-portal-'));
  applications = join(folder, 'applications');
});
afterEach(async () => {
  await bus.stop();
  await rm(folder, { recursive: true });
});

const watch = (options: Parameters<typeof watchHotkey>[1] = {}) =>
  watchHotkey(
    { ...bus.env, WAYLAND_DISPLAY: 'wayland-0', XDG_DATA_HOME: folder, XDG_DATA_DIRS: folder },
    options,
  );

describe.each(['kde', 'gnome'] as const)('the shortcuts of a portal like that of %s', (like) => {
  it('are asked for once, with our name first', async () => {
    await using portal = await startFakePortal(bus.address, { applications, like });
    await using watched = watch();
    expect(await watched.waitForState('grabbed')).toMatchObject({
      backend: 'portal',
      keys: ['Ctrl+Alt+Space', expect.stringMatching(/Ctrl\+Alt/i)],
      state: 'grabbed',
    });
    expect(portal.wanted.listen).toBe('CTRL+ALT+space');
    // A look whether there are shortcuts, which changes nothing, and the session.
    const looks = ['Get', 'Register', 'CreateSession'];
    expect(portal.calls).toEqual(like === 'kde' ? looks : [...looks, 'BindShortcuts']);
  });

  it('say when the key is pressed and released; what repeats is one press', async () => {
    await using portal = await startFakePortal(bus.address, { applications, like });
    await using watched = watch();
    await watched.waitForState('grabbed');
    portal.release('listen');
    for (let count = 0; count < 5; count += 1) portal.press('listen');
    portal.release('listen');
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
  });

  it('cancel only while somebody listens', async () => {
    await using portal = await startFakePortal(bus.address, { applications, like });
    await using watched = watch();
    await watched.waitForState('grabbed');
    portal.press('cancel');
    portal.press('listen');
    await watched.waitForKeys(1);
    watched.hotkey.setListening(true);
    portal.press('cancel');
    expect(await watched.waitForKeys(2)).toEqual(['press', 'cancel']);
  });

  it('have the keys that the user has chosen on the desktop', async () => {
    await using portal = await startFakePortal(bus.address, {
      applications,
      like,
      chosen: { listen: 'Meta+F9' },
    });
    await using watched = watch();
    expect((await watched.waitForState('grabbed')).keys[0]).toBe('Meta+F9');
    portal.change('listen', 'Ctrl+\u202eF2');
    await expect.poll(() => watched.hotkey.state.keys[0]).toBe('Ctrl+F2');
  });

  it('are asked for again when the portal, its session or the bus is back', async () => {
    const first = await startFakePortal(bus.address, { applications, like });
    await using watched = watch();
    await watched.waitForState('grabbed');
    await first[Symbol.asyncDispose]();
    await watched.waitForState('waiting', 'display-lost');
    {
      await using second = await startFakePortal(bus.address, { applications, like });
      await watched.waitForState('grabbed');
      second.closeSession();
      await expect.poll(() => second.calls.filter((call) => call === 'CreateSession').length).toBe(2);
      await watched.waitForState('grabbed');
      second.press('listen');
      expect(await watched.waitForKeys(1)).toEqual(['press']);
    }
    await bus.restart();
    await watched.waitForState('waiting', 'display-lost');
    await using third = await startFakePortal(bus.address, { applications, like });
    await watched.waitForState('grabbed');
    third.press('listen');
    expect((await watched.waitForKeys(2)).at(-1)).toBe('press');
  });

  it('are asked for again when the part of the portal that belongs to the desktop ends', async () => {
    await using portal = await startFakePortal(bus.address, { applications, like });
    const backend = await connectTo(bus.address);
    const name = ['org.freedesktop.impl.portal.desktop.gnome', 0];
    await callBus(backend, 'org.freedesktop.DBus.RequestName', 'su', name);
    await using watched = watch();
    await watched.waitForState('grabbed');
    backend.disconnect();
    await expect.poll(() => portal.calls.filter((call) => call === 'CreateSession').length).toBe(2);
    await watched.waitForState('grabbed');
  });

  it('are not pressed by another program of the bus', async () => {
    await using portal = await startFakePortal(bus.address, { applications, like });
    await using watched = watch();
    await watched.waitForState('grabbed');
    const stranger = await connectTo(bus.address);
    const interfaceName = 'org.freedesktop.portal.GlobalShortcuts';
    const path = '/org/freedesktop/portal/desktop';
    const body = [`${path}/session/client/codex_voice`, 'listen', 0n, {}];
    stranger.send(Message.newSignal(path, interfaceName, 'Activated', 'osta{sv}', body));
    portal.press('listen');
    portal.release('listen');
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    stranger.disconnect();
  });
});

describe('a portal', () => {
  it('in which the user refuses is not asked again', async () => {
    await using portal = await startFakePortal(bus.address, { applications, like: 'gnome', consent: false });
    await using watched = watch();
    const { reason } = await watched.waitForState('waiting', 'hotkey-unavailable');
    expect(reason?.message).toContain('not allowed');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(portal.calls.filter((call) => call === 'BindShortcuts')).toHaveLength(1);
  });

  it('that asks the user says so, until there is an answer', async () => {
    const options = { applications, like: 'gnome', thinksMs: 2_500 } as const;
    await using _portal = await startFakePortal(bus.address, options);
    await using watched = watch();
    const { reason } = await watched.waitForState('waiting', 'hotkey-unavailable');
    expect(reason?.message).toContain('asks you');
    expect((await watched.waitForState('grabbed')).reason).toBeUndefined();
  });

  it.each([
    ['a program that is gone', 'Exec=/nowhere/codex-voice start'],
    ['a name that only your shell finds', 'Exec=codex-voice start'],
  ])('gets a new entry where the old one names %s', async (_what, exec) => {
    await mkdir(applications);
    const entry = join(applications, 'io.github.codex_voice.CodexVoice.desktop');
    await writeFile(entry, `[Desktop Entry]\nType=Application\nName=codex-voice\n${exec}\n`);
    await using _portal = await startFakePortal(bus.address, { applications, like: 'gnome' });
    await using watched = watch();
    await watched.waitForState('grabbed');
    expect(await readFile(entry, 'utf8')).toContain(`Exec=${process.execPath} `);
  });

  it('that notices the new entry late is asked for the name again', async () => {
    await using portal = await startFakePortal(bus.address, { applications, like: 'gnome', overlooks: 2 });
    await using watched = watch();
    await watched.waitForState('grabbed');
    expect(portal.calls.filter((call) => call === 'Register')).toHaveLength(3);
  });

  it('that is not there is passed over with the reason', async () => {
    await using watched = watch();
    const { reason } = await watched.waitForState('off', 'hotkey-unavailable');
    expect(reason?.message).toMatch(/portal: the desktop portal gives no global shortcuts/);
  });
});
