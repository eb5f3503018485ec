import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { chooseBackend, openHotkey, parseChords } from '../../src/hotkey/select.ts';

const logger = pino({ level: 'silent' });
const usual = { listen: 'Ctrl+Alt+Space', cancel: 'Escape', logger };

describe('chooseBackend', () => {
  it('takes X11 where there is a display', () => {
    expect(chooseBackend('auto', { DISPLAY: ':0' })).toEqual({ backend: 'x11', passedOver: [] });
  });

  it('passes X11 over without a display, and says so', () => {
    const choice = chooseBackend('auto', {});
    expect(choice.backend).toBe('none');
    expect(choice.passedOver).toEqual([{ backend: 'x11', reason: expect.stringContaining('DISPLAY') }]);
  });

  it.each([{ WAYLAND_DISPLAY: 'wayland-0' }, { XDG_SESSION_TYPE: 'wayland' }])(
    'passes X11 over on Wayland although Xwayland runs (%j)',
    (env) => {
      const choice = chooseBackend('auto', { DISPLAY: ':0', ...env });
      expect(choice.backend).toBe('none');
      expect(choice.passedOver[0]?.reason).toContain('Wayland');
    },
  );

  it('does what is configured', () => {
    expect(chooseBackend('x11', { DISPLAY: ':0', WAYLAND_DISPLAY: 'w' }).backend).toBe('x11');
    expect(chooseBackend('none', { DISPLAY: ':0' }).backend).toBe('none');
  });

  it.each(['portal', 'uiohook'] as const)('refuses %s', (backend) => {
    expect(() => chooseBackend(backend, {})).toThrow(expect.objectContaining({ code: 'not-built' }));
  });
});

describe('openHotkey', () => {
  it('is off, with what to do, where no driver works', async () => {
    const hotkey = openHotkey({ ...usual, backend: 'auto', env: { WAYLAND_DISPLAY: 'wayland-0' } });
    expect(hotkey.state).toMatchObject({
      backend: 'none',
      keys: ['Ctrl+Alt+Space', 'Escape'],
      state: 'off',
      reason: { code: 'hotkey-unavailable', hint: expect.stringContaining('codex-voice toggle') },
    });
    await hotkey.close();
    expect(await Array.fromAsync(hotkey.events)).toEqual([]);
  });

  it('is off without DISPLAY when X11 is asked for', () => {
    const hotkey = openHotkey({ ...usual, backend: 'x11', env: {} });
    expect(hotkey.state).toMatchObject({
      backend: 'x11',
      state: 'off',
      reason: { code: 'hotkey-unavailable', message: expect.stringContaining('DISPLAY') },
    });
  });

  it('is off without a reason when that is configured', () => {
    const hotkey = openHotkey({ ...usual, backend: 'none', env: { DISPLAY: ':0' } });
    expect(hotkey.state).toEqual({ backend: 'none', keys: ['Ctrl+Alt+Space', 'Escape'], state: 'off' });
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
