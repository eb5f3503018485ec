import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkHotkey } from '../../src/doctor/hotkey.ts';
import { parseChord } from '../../src/hotkey/chord.ts';
import { acceleratorOf, GnomeShortcuts } from '../../src/hotkey/gsettings/shortcuts.ts';
import { checkContext } from '../support/check-context.ts';
import { run } from '../support/process.ts';
import { startSessionBus, type TestSessionBus } from '../support/session-bus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { watchHotkey } from './watched-hotkey.ts';

const MEDIA_KEYS = 'org.gnome.settings-daemon.plugins.media-keys';
const FOLDER = '/org/gnome/settings-daemon/plugins/media-keys/custom-keybindings';
const LISTEN = { listen: 'Ctrl+Alt+Space', backend: 'gsettings' } as const;

describe('the shortcuts of GNOME, in the real settings of a private home', () => {
  let bus: TestSessionBus;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    bus = await startSessionBus();
  });
  afterAll(() => bus?.stop());
  beforeEach(() => {
    const home = temporaryFolder();
    const { PATH } = process.env;
    const places = { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_RUNTIME_DIR: home };
    env = { PATH, ...places, ...bus.env, GSETTINGS_BACKEND: 'keyfile', XDG_CURRENT_DESKTOP: 'ubuntu:GNOME' };
  });

  const gsettings = async (...args: string[]): Promise<string> =>
    (await run('gsettings', args, { env })).trim();
  const custom = (entry: string): string => `${MEDIA_KEYS}.custom-keybinding:${FOLDER}/${entry}/`;
  const list = (): Promise<string> => gsettings('get', MEDIA_KEYS, 'custom-keybindings');
  /** All values that are stored. */
  const stored = async (): Promise<string[]> => {
    const file = join(env.XDG_CONFIG_HOME ?? '', 'glib-2.0', 'settings', 'keyfile');
    return (await readFile(file, 'utf8')).split('\n').filter((line) => line.includes('='));
  };
  async function userShortcut(binding: string): Promise<void> {
    await gsettings('set', custom('custom0'), 'name', "'Terminal'");
    await gsettings('set', custom('custom0'), 'binding', `'${binding}'`);
    await gsettings('set', MEDIA_KEYS, 'custom-keybindings', `['${FOLDER}/custom0/']`);
  }

  it('are added beside those of the user, and removed at the end', async () => {
    await userShortcut('<Super>t');
    const before = await stored();
    {
      await using watched = watchHotkey(env, LISTEN);
      expect(await watched.waitForState('grabbed')).toEqual({
        backend: 'gsettings',
        keys: ['Ctrl+Alt+Space', 'Shift+Ctrl+Alt+Space'],
        state: 'grabbed',
        toggleOnly: true,
      });
      expect(await list()).toBe(
        `['${FOLDER}/custom0/', '${FOLDER}/codex-voice/', '${FOLDER}/codex-voice-cancel/']`,
      );
      expect(await gsettings('get', custom('codex-voice'), 'binding')).toBe("'<Control><Alt>space'");
      expect(await gsettings('get', custom('codex-voice'), 'command')).toMatch(/CodexVoice\.Toggle'$/);
      expect(await gsettings('get', custom('codex-voice-cancel'), 'binding')).toBe(
        "'<Shift><Control><Alt>space'",
      );
    }
    expect(await list()).toBe(`['${FOLDER}/custom0/']`);
    expect(await stored()).toEqual(before);
  });

  it('are added once, and removed, after a daemon that was killed', async () => {
    const shortcuts = new GnomeShortcuts(env);
    const chord = parseChord('Super+F9');
    if ('button' in chord) throw new Error('it is a key');
    const one = { entry: 'codex-voice', name: 'a', chord, command: 'true' } as const;
    await shortcuts.add([one]);
    await shortcuts.add([one]);
    expect(await list()).toBe(`['${FOLDER}/codex-voice/']`);
    expect(await shortcuts.remove()).toBe(true);
    expect(await list()).toBe('@as []');
    expect(await stored()).toEqual([]);
    expect(await shortcuts.remove()).toBe(false);
  });

  it('leave a key that the user or GNOME has, until it is free', async () => {
    await userShortcut('<Primary><Alt>space');
    await using watched = watchHotkey(env, LISTEN);
    const { reason } = await watched.waitForState('waiting', 'hotkey-taken');
    expect(reason?.message).toBe("Ctrl+Alt+Space is taken by the custom shortcut 'Terminal'.");
    expect(await list()).toBe(`['${FOLDER}/custom0/']`);
    await gsettings('set', custom('custom0'), 'binding', "'<Super>t'");
    await watched.waitForState('grabbed');
    await using other = watchHotkey(env, { ...LISTEN, listen: 'Alt+F4' });
    const taken = await other.waitForState('waiting', 'hotkey-taken');
    expect(taken.reason?.message).toBe('Alt+F4 is taken by the shortcut close of GNOME.');
  });

  it('are called toggle only by doctor, which leaves none behind', async () => {
    const context = checkContext('[hotkey]\nbackend = "gsettings"\n', env);
    expect(await checkHotkey(context, new AbortController().signal)).toMatchObject({
      state: 'ok',
      detail: expect.stringMatching(/^Ctrl\+Alt\+Space grabbed .*toggle only/),
    });
    expect(await list()).toBe('@as []');
  });

  it('stay as they are, however their paths are written', async () => {
    await gsettings('set', MEDIA_KEYS, 'custom-keybindings', `["/it's/mine/"]`);
    await using watched = watchHotkey(env, LISTEN);
    await watched.waitForState('grabbed');
    expect(await list()).toContain(`"/it's/mine/"`);
  });

  it.each([
    ['this desktop is not GNOME', { XDG_CURRENT_DESKTOP: 'X-Cinnamon' }, {}],
    ['no mouse buttons', {}, { listen: 'Mouse8' }],
    ['not installed', { PATH: '/nowhere' }, {}],
    ['No schemas installed', { GSETTINGS_SCHEMA_DIR: '/nowhere', XDG_DATA_DIRS: '/nowhere' }, {}],
  ])('are passed over: %s', async (why, change, options) => {
    await using watched = watchHotkey({ ...env, ...change }, { ...LISTEN, ...options });
    expect((await watched.waitForState('off')).reason?.message).toContain(why);
  });
});

it('a chord is written as GTK writes accelerators', () => {
  const chords = ['Super+F9', 'Ctrl+Shift+comma', 'XF86AudioMicMute'].map((text) => parseChord(text));
  expect(chords.map((chord) => ('button' in chord ? '' : acceleratorOf(chord)))).toEqual([
    '<Super>F9',
    '<Control><Shift>comma',
    'XF86AudioMicMute',
  ]);
});
