import { describe, expect, it } from 'vitest';
import { checkFocus } from '../../src/doctor/focus.ts';
import { checkContext } from '../support/check-context.ts';
import { startFakeNiri } from '../support/fake-niri.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TWO_PROJECTS = `[[project]]
name = "backend"
path = "/src/backend"

[[project]]
name = "web"
path = "/src/web"
`;

describe('the check of the focus', () => {
  const detailOf = async (env: NodeJS.ProcessEnv) => {
    const { state, detail } = await checkFocus(checkContext(TWO_PROJECTS, env));
    expect(state).toBe('ok');
    return detail;
  };

  it('names the driver', async () => {
    await using niri = await startFakeNiri(temporaryFolder());
    expect(await detailOf({ NIRI_SOCKET: niri.path, WAYLAND_DISPLAY: 'wayland-1' })).toBe('niri');
    expect(await detailOf({ DISPLAY: ':0' })).toBe('x11');
  });

  it('says what is missing, and what to do', async () => {
    const gnome = { WAYLAND_DISPLAY: 'wayland-0', XDG_CURRENT_DESKTOP: 'GNOME' };
    const gap = 'GNOME on Wayland reports the active window to its extensions only';
    expect(await detailOf({ ...gnome, DISPLAY: ':0' })).toBe(`x11, while an X11 app has the focus: ${gap}`);
    const unknown = await detailOf(gnome);
    expect(unknown).toContain('codex-voice use');
    expect(unknown).toContain(`x11: ${gap}`);
  });

  it('needs nothing with one project', async () => {
    expect(await checkFocus(checkContext())).toEqual({ state: 'ok', detail: 'not needed with one project' });
  });
});
