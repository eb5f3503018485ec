import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHome, type TestHome } from '../support/desktop.ts';
import { startProcess, type TestProcess, waitFor } from '../support/process.ts';
import { startSessionBus, type TestSessionBus } from '../support/session-bus.ts';
import {
  expectPausedKey,
  expectSpokenLoop,
  startWaylandDaemon,
  type WaylandDaemon,
} from '../support/spoken-loop.ts';
import { type Sway, startSway } from '../support/sway.ts';

describe('the whole loop on sway', () => {
  let sway: Sway;
  let bus: TestSessionBus;
  let mako: TestProcess;
  let home: TestHome;
  let loop: WaylandDaemon;
  const press = async (): Promise<void> => {
    await sway.wtype('-M', 'ctrl', '-M', 'alt', '-k', 'space', '-m', 'alt', '-m', 'ctrl');
  };

  beforeAll(async () => {
    [sway, bus] = await Promise.all([startSway(), startSessionBus()]);
    // dunst 1.9 of Debian 12 ends by itself on sway now and then (SIGSEGV).
    mako = await startProcess('mako', [], { env: { ...sway.env, ...bus.env } });
    await bus.waitForName('org.freedesktop.Notifications');
    home = await makeHome();
    const { SWAYSOCK } = sway.env;
    const session = { ...sway.env, ...bus.env };
    loop = await startWaylandDaemon(session, home, { XDG_CURRENT_DESKTOP: 'sway', SWAYSOCK });
  });
  afterAll(async () => {
    await loop?.stop();
    await home?.remove();
    await mako?.stop();
    await bus?.stop();
    await sway?.[Symbol.asyncDispose]();
  });

  it('hears a sentence at the press of the key, and answers in a bubble', async () => {
    const hotkey = async () => (await loop.daemon.status()).hotkey;
    await waitFor('the key', async () => (await hotkey()).state === 'grabbed');
    expect(await hotkey()).toEqual({
      backend: 'sway',
      keys: ['Ctrl+Alt+Space', 'Escape'],
      state: 'grabbed',
      passed_over: [{ name: 'x11', reason: expect.stringContaining('Wayland') }],
    });
    expect((await loop.daemon.cli('status')).stdout).toMatch(
      /hotkey +Ctrl\+Alt\+Space: grabbed \(sway\)\n +not x11: /,
    );
    await expectSpokenLoop({ ...loop, press });
    const picture = process.env.CODEX_VOICE_TEST_PICTURES;
    if (picture) await sway.screenshot(join(picture, 'sway.png'));
  });

  it('leaves the key alone while it is paused', () => expectPausedKey({ ...loop, press }));
});
