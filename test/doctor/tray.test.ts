import { describe, expect, it } from 'vitest';
import { checkTray, words } from '../../src/doctor/tray.ts';
import { checkContext } from '../support/check-context.ts';

describe('the check of the tray', () => {
  it('names who shows the icon', () => {
    const panel = { state: 'there', program: 'xfce4-panel' } as const;
    expect(words(panel, true, 'XFCE')).toBe('xfce4-panel shows the icon');
    expect(words(panel, false, 'XFCE')).toBe('xfce4-panel shows icons; ours appears when the daemon runs');
    expect(words({ state: 'there', program: null }, true, '')).toBe('a panel shows the icon');
    expect(words({ state: 'no-bus' }, true, '')).toBe('the daemon shows the icon');
  });

  it('says that nothing is wrong where nobody does, and what would show it', () => {
    const gnome = words({ state: 'none' }, false, 'ubuntu:GNOME');
    expect(gnome).toMatch(
      /^no panel here shows icons; everything else works without it\. .*gnome-shell-extension-appindicator/,
    );
    expect(words({ state: 'none' }, false, 'sway')).toMatch(/waybar/);
  });

  it('is no trouble without a session bus, or switched off', async () => {
    expect(await checkTray(checkContext(), { platform: 'linux', arch: 'x64' })).toMatchObject({
      state: 'ok',
      detail: expect.stringContaining('no session bus'),
    });
    expect(await checkTray(checkContext('[tray]\nenabled = false'))).toEqual({
      state: 'ok',
      detail: 'off ([tray] enabled = false)',
    });
  });
});
