import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPOSITORS } from '../../src/hotkey/bindings/compositors.ts';
import { parseChord } from '../../src/hotkey/chord.ts';
import { type Sway, startSway } from '../support/sway.ts';
import { heldChord } from '../support/wtype.ts';
import { watchHotkey } from './watched-hotkey.ts';

describe('the listen key on sway', { timeout: 90_000 }, () => {
  let sway: Sway;
  beforeAll(async () => {
    sway = await startSway(
      'set $mod Mod4',
      'bindsym --release $mod+Shift+F9 exec true',
      'bindsym F7 exec true',
      'bindsym --whole-window button9 exec true',
    );
  });
  afterAll(() => sway?.[Symbol.asyncDispose]());

  it('is bound with its release, and says when it was pressed', async () => {
    await using watched = watchHotkey(sway.env);
    expect(await watched.waitForState('grabbed')).toMatchObject({
      backend: 'sway',
      keys: ['Ctrl+Alt+Space', 'Escape'],
    });
    const before = performance.now();
    await sway.wtype(...heldChord(300));
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    const [press = 0, release = 0] = watched.events.flatMap((event) => ('at' in event ? [event.at] : []));
    expect(press).toBeGreaterThan(before);
    expect(release - press).toBeGreaterThan(200);
  });

  it('is pressed once however long it is held, and released when its modifiers are', async () => {
    await using watched = watchHotkey(sway.env);
    await watched.waitForState('grabbed');
    await sway.wtype(...heldChord(1_200));
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    await sway.wtype(
      '-M',
      'ctrl',
      '-M',
      'alt',
      '-P',
      'space',
      '-s',
      '100',
      '-m',
      'alt',
      '-m',
      'ctrl',
      '-p',
      'space',
    );
    expect(await watched.waitForKeys(4)).toEqual(['press', 'release', 'press', 'release']);
  });

  it('leaves other keys alone; Escape is taken only while somebody listens', async () => {
    await using watched = watchHotkey(sway.env);
    await watched.waitForState('grabbed');
    await sway.wtype('-k', 'Escape', '-k', 'space');
    watched.hotkey.setListening(true);
    await expect
      .poll(async () => {
        await sway.wtype('-k', 'Escape');
        return watched.keys().at(-1);
      })
      .toBe('cancel');
    watched.hotkey.setListening(false);
    await expect
      .poll(async () => {
        const before = watched.keys().length;
        await sway.wtype('-k', 'Escape');
        await delay(50);
        return watched.keys().length - before;
      })
      .toBe(0);
    expect(new Set(watched.keys())).toEqual(new Set(['cancel']));
  });

  it.each(['Mouse8', 'Mouse10'])('can be the mouse button %s', async (listen) => {
    await using watched = watchHotkey(sway.env, { listen });
    await watched.waitForState('grabbed');
    const button = listen === 'Mouse8' ? 'button8' : 'BTN_FORWARD';
    await sway.command('seat - cursor set 600 400');
    await sway.command(`seat - cursor press ${button}`);
    expect(await watched.waitForKeys(1)).toEqual(['press']);
    await delay(300);
    await sway.command(`seat - cursor release ${button}`);
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    const [press = 0, release = 0] = watched.events.flatMap((event) => ('at' in event ? [event.at] : []));
    expect(release - press).toBeGreaterThan(200);
  });

  it('lets a mouse button go at the end', async () => {
    {
      await using watched = watchHotkey(sway.env, { listen: 'Mouse8' });
      await watched.waitForState('grabbed');
    }
    expect((await sway.command('unbindsym --whole-window BTN_SIDE')).success).toBe(false);
    expect((await sway.command('unbindsym --whole-window --release BTN_SIDE')).success).toBe(false);
  });

  it.each(['F7', 'Super+Shift+F9', 'Mouse9'])(
    'that the user has bound (%s) stays the user’s',
    async (listen) => {
      await using watched = watchHotkey(sway.env, { listen });
      const { reason } = await watched.waitForState('waiting', 'hotkey-taken');
      expect(reason?.message).toMatch(
        /is bound in your configuration of sway: bindsym .*(?:F[79]|button9) exec true/,
      );
    },
  );

  it('is there again after a reload, and where a reload has freed it', async () => {
    await using watched = watchHotkey(sway.env);
    await using taken = watchHotkey(sway.env, { listen: 'F7' });
    await watched.waitForState('grabbed');
    await taken.waitForState('waiting', 'hotkey-taken');
    await sway.configure('bindsym F8 exec true');
    await sway.command('reload');
    await taken.waitForState('grabbed');
    await sway.wtype(...heldChord(100));
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    await sway.wtype('-k', 'F7');
    expect(await taken.waitForKeys(2)).toEqual(['press', 'release']);
  });

  it('is let go at the end', async () => {
    {
      await using watched = watchHotkey(sway.env);
      await watched.waitForState('grabbed');
    }
    expect((await sway.command('unbindsym Ctrl+Mod1+space')).success).toBe(false);
  });

  it('can be bound by the lines of `keys install`, which run a command each', async () => {
    const file = join(sway.folder, 'ran');
    const lines = COMPOSITORS.find(({ name }) => name === 'sway')?.lines(
      parseChord('Ctrl+Alt+Space'),
      (call) => `echo ${call} >> ${file}`,
    );
    for (const line of lines ?? []) expect(await sway.command(line)).toEqual({ success: true });
    await sway.wtype(...heldChord(1_200));
    await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toBe('Press\nRelease\n');
  });

  it('is bound again within three seconds when sway is back', async () => {
    await using watched = watchHotkey({ ...sway.env });
    await watched.waitForState('grabbed');
    await sway.kill();
    await watched.waitForState('waiting', 'display-lost');
    await sway.start();
    const started = performance.now();
    await watched.waitForState('grabbed');
    expect(performance.now() - started).toBeLessThan(3_000);
    await sway.wtype(...heldChord(100));
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
  });
});
