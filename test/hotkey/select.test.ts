import pino from 'pino';
import { describe, expect, it } from 'vitest';
import type { HotkeyState } from '../../src/hotkey/hotkey.ts';
import { type HotkeyOptions, openHotkey, parseChords } from '../../src/hotkey/select.ts';

const logger = pino({ level: 'silent' });
const usual = { listen: 'Ctrl+Alt+Space', cancel: 'Escape', logger, platform: 'linux' } as const;

describe('openHotkey', () => {
  /** Its first state that says more than that it is being looked for. */
  async function settled(options: Partial<HotkeyOptions>): Promise<HotkeyState> {
    const hotkey = openHotkey({ ...usual, backend: 'auto', env: {}, ...options });
    for await (const event of hotkey.events) {
      if (event.type !== 'state') continue;
      await hotkey.close();
      return event.state;
    }
    throw new Error('it has no state');
  }

  it.each([
    [{}, ['sway', 'DISPLAY']],
    [{ DISPLAY: ':0', WAYLAND_DISPLAY: 'wayland-0' }, ['sway', 'a Wayland session']],
    [{ DISPLAY: ':0', XDG_SESSION_TYPE: 'wayland' }, ['sway', 'a Wayland session']],
  ])('is off, with what to do and why, where no driver works: %j', async (env, why) => {
    const state = await settled({ env });
    expect(state).toMatchObject({
      backend: 'none',
      keys: ['Ctrl+Alt+Space', 'Escape'],
      state: 'off',
      reason: { code: 'hotkey-unavailable', hint: expect.stringContaining('codex-voice keys') },
    });
    for (const reason of why) expect(state.reason?.message).toContain(reason);
  });

  it('tries X11 under Wayland only when that is configured', async () => {
    const state = await settled({ backend: 'x11', env: { DISPLAY: ':9999', WAYLAND_DISPLAY: 'w' } });
    expect(state).toMatchObject({ backend: 'x11', state: 'waiting' });
  });

  it('is off without DISPLAY when X11 is asked for', async () => {
    expect(await settled({ backend: 'x11' })).toMatchObject({
      state: 'off',
      reason: { code: 'hotkey-unavailable', message: expect.stringContaining('DISPLAY') },
    });
  });

  it('says that no portal gives a mouse button', async () => {
    expect(await settled({ backend: 'portal', listen: 'Mouse8' })).toMatchObject({
      state: 'off',
      reason: { code: 'hotkey-unavailable', message: expect.stringContaining('no mouse buttons') },
    });
  });

  it('says that the driver of Windows is for Windows', async () => {
    expect(await settled({ backend: 'windows' })).toMatchObject({
      state: 'off',
      reason: { code: 'hotkey-unavailable', message: expect.stringContaining('this is not Windows') },
    });
  });

  it('is off without a reason when that is configured', async () => {
    const state = await settled({ backend: 'none', env: { DISPLAY: ':0' } });
    expect(state).toEqual({ backend: 'none', keys: ['Ctrl+Alt+Space', 'Escape'], state: 'off' });
  });

  it('refuses keys that cannot work', () => {
    expect(() => openHotkey({ ...usual, listen: 'Ctrl+Nope', backend: 'none', env: {} })).toThrow(
      expect.objectContaining({ code: 'hotkey-invalid' }),
    );
    expect(() => parseChords('Ctrl+Esc', 'control+escape')).toThrow(
      expect.objectContaining({ code: 'hotkey-invalid' }),
    );
  });
});
