import { describe, expect, test } from 'vitest';
import { pathsOf } from '../../src/files/paths.ts';
import { expandHome, homeOf, isFullPath, isSameFolder } from '../../src/files/user-paths.ts';

const WINDOWS = {
  USERPROFILE: String.raw`C:\Users\ada`,
  APPDATA: String.raw`C:\Users\ada\AppData\Roaming`,
  LOCALAPPDATA: String.raw`C:\Users\ada\AppData\Local`,
};

test('the folders of Linux', () => {
  expect(pathsOf({ HOME: '/home/ada', XDG_RUNTIME_DIR: '/run/user/1' }, 'linux')).toEqual({
    config: '/home/ada/.config/codex-voice/config.toml',
    state: '/home/ada/.local/state/codex-voice',
    journal: '/home/ada/.local/state/codex-voice/journal.sqlite',
    log: '/home/ada/.local/state/codex-voice/codex-voice.log',
    models: '/home/ada/.local/share/codex-voice/models',
    runtime: '/run/user/1/codex-voice',
    controlSocket: '/run/user/1/codex-voice/control.sock',
    sessions: '/run/user/1/codex-voice/codex',
  });
  expect(pathsOf({ HOME: '/h', XDG_STATE_HOME: '/s' }, 'linux').runtime).toBe('/s/codex-voice/run');
});

test('the folders of Windows: settings follow a roaming user, the rest stays on the machine', () => {
  const local = String.raw`C:\Users\ada\AppData\Local\codex-voice`;
  expect(pathsOf(WINDOWS, 'win32')).toEqual({
    config: String.raw`C:\Users\ada\AppData\Roaming\codex-voice\config.toml`,
    state: local,
    journal: String.raw`${local}\journal.sqlite`,
    log: String.raw`${local}\codex-voice.log`,
    models: String.raw`${local}\models`,
    runtime: String.raw`${local}\run`,
    controlSocket: String.raw`${local}\run\control.json`,
    sessions: String.raw`${local}\run\codex`,
  });
  expect(pathsOf({ USERPROFILE: WINDOWS.USERPROFILE }, 'win32')).toEqual(pathsOf(WINDOWS, 'win32'));
});

test('Windows: XDG variables count if they name a drive, but the key of the pipe stays in the profile', () => {
  const xdg = {
    XDG_CONFIG_HOME: String.raw`D:\config`,
    XDG_STATE_HOME: '/c/state',
    XDG_RUNTIME_DIR: String.raw`D:\run`,
  };
  const { config, state, runtime } = pathsOf({ ...WINDOWS, ...xdg }, 'win32');
  expect(config).toBe(String.raw`D:\config\codex-voice\config.toml`);
  expect(state).toBe(String.raw`C:\Users\ada\AppData\Local\codex-voice`);
  expect(runtime).toBe(String.raw`C:\Users\ada\AppData\Local\codex-voice\run`);
});

describe('paths that users write', () => {
  test.each([
    ['linux', '/a', true],
    ['linux', 'a/b', false],
    ['linux', String.raw`C:\a`, false],
    ['win32', String.raw`C:\a`, true],
    ['win32', 'c:/a', true],
    ['win32', String.raw`\\server\share`, true],
    ['win32', '//server/share', true],
    ['win32', 'C:a', false],
    ['win32', String.raw`\a`, false],
    ['win32', '/a', false],
  ] as const)('on %s, %s is absolute: %s', (platform, path, expected) => {
    expect(isFullPath(path, platform)).toBe(expected);
  });

  test.each([
    ['linux', '~/a', '/h/a'],
    ['linux', '~', '/h'],
    ['linux', '~ada/a', '~ada/a'],
    ['linux', String.raw`~\a`, String.raw`~\a`],
    ['win32', '~/a', String.raw`\h\a`],
    ['win32', String.raw`~\a`, String.raw`\h\a`],
  ] as const)('on %s, %s is %s', (platform, path, expected) => {
    expect(expandHome(path, '/h', platform)).toBe(expected);
  });

  test.each([
    ['linux', '/a/b', '/a/B', false],
    ['win32', String.raw`C:\a\B`, 'c:/A/b', true],
    ['win32', String.raw`\\?\C:\a`, String.raw`C:\a`, true],
    ['win32', String.raw`C:\a\ `.trim(), String.raw`C:\a`, true],
    ['win32', String.raw`C:\a`, String.raw`D:\a`, false],
  ] as const)('on %s, %s and %s are the same folder: %s', (platform, one, other, expected) => {
    expect(isSameFolder(one, other, platform)).toBe(expected);
  });

  test('Windows does not use HOME, which Git Bash sets', () => {
    const env = { HOME: '/c/Users/ada', USERPROFILE: String.raw`C:\Users\ada` };
    expect([homeOf(env, 'win32'), homeOf(env, 'linux')]).toEqual([env.USERPROFILE, env.HOME]);
  });
});
