import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KWINS, type KWin } from '../support/kwin.ts';
import { DEBIAN_START_MS } from '../support/newer-debian.ts';
import { KEY, type WaylandKeys } from '../support/wayland-keys.ts';
import { watchHotkey } from './watched-hotkey.ts';

const CTRL_ALT_SPACE = [KEY.ctrl, KEY.alt, KEY.space];
const META_F9 = [KEY.meta, KEY.f9];
/** Meta+F9 as Qt counts it. */
const QT_META_F9 = 0x1000_0000 + 0x0100_0038;

describe.each(KWINS)(
  'the listen key on $name, through the portal of KDE',
  { timeout: 120_000 },
  ({ start, component }) => {
    let kwin: KWin;
    let keys: WaylandKeys;
    beforeAll(async () => {
      kwin = await start();
      keys = kwin.keys;
    }, DEBIAN_START_MS);
    afterAll(() => kwin?.[Symbol.asyncDispose]());

    it('is there without a question, and says when it is pressed and released', async () => {
      await using watched = watchHotkey(kwin.env);
      const { backend, keys: names } = await watched.waitForState('grabbed');
      expect({ backend, key: names[0] }).toEqual({ backend: 'portal', key: 'Ctrl+Alt+Space' });
      await keys.chord(CTRL_ALT_SPACE, 300);
      expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
      const [press = 0, release = 0] = watched.events.flatMap((event) => ('at' in event ? [event.at] : []));
      expect(release - press).toBeGreaterThan(150);
    });

    it('is pressed once however long it is held, and released with its modifiers', async () => {
      await using watched = watchHotkey(kwin.env);
      await watched.waitForState('grabbed');
      await keys.chord(CTRL_ALT_SPACE, 1_500);
      expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
      for (const code of CTRL_ALT_SPACE) await keys.key(code, true);
      for (const code of CTRL_ALT_SPACE) await keys.key(code, false);
      expect(await watched.waitForKeys(4)).toEqual(['press', 'release', 'press', 'release']);
    });

    it('is there again when the portal is', async () => {
      await using watched = watchHotkey(kwin.env);
      await watched.waitForState('grabbed');
      await kwin.killPortal();
      await watched.waitForState('waiting', 'display-lost');
      await watched.waitForState('grabbed');
      await keys.chord(CTRL_ALT_SPACE);
      expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    });

    it('is the one that the user chooses on the desktop, and stays so', async () => {
      {
        await using watched = watchHotkey(kwin.env);
        await watched.waitForState('grabbed');
        await kwin.chooseKey(component, 'listen', QT_META_F9);
        await expect.poll(() => watched.hotkey.state.keys[0]).toBe('Meta+F9');
        await keys.chord(META_F9);
        expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
      }
      await using watched = watchHotkey(kwin.env);
      await watched.waitForState('grabbed');
      expect(watched.hotkey.state.keys[0]).toBe('Meta+F9');
      await keys.chord(META_F9);
      expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    });

    // Of its own, since KDE keeps the first key that it gave to a program.
    it('that KWin has for itself is named', async () => {
      await using kwin = await start();
      await using watched = watchHotkey(kwin.env, { listen: 'Alt+F4' });
      const { reason } = await watched.waitForState('waiting', 'hotkey-taken');
      expect(reason?.message).toMatch(/^Alt\+F4 is taken by KWin/);
    });
  },
);
