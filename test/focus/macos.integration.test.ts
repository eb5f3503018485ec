import { expect, test } from 'vitest';
import type { Look } from '../../src/focus/active-window.ts';
import { macosDriver } from '../../src/focus/macos.ts';
import { macTerminalFolders } from '../../src/focus/terminal-folder.ts';
import { MacProcessList } from '../../src/macos/process-list.ts';
import { buildLibrary } from '../macos/fake-library.ts';
import { fakePrograms } from '../support/fake-programs.ts';

test('the folders of the tabs of a terminal: of what is in front in each', async () => {
  const library = await buildLibrary('processes');
  try {
    const list = new MacProcessList(library.path);
    expect(macTerminalFolders(100, list)).toEqual(['/Users/me/web äpp']);
    expect(macTerminalFolders(4_711, list)).toEqual([]);
    expect(list.tree(102).map(({ name }) => name)).toEqual(['-zsh', 'vim', 'sh']);
    expect(list.folder(101)).toBeNull();
  } finally {
    await library.remove();
  }
});

/** What the driver sees with this lsappinfo. */
async function seen(script: string): Promise<unknown> {
  await using programs = await fakePrograms({ lsappinfo: script });
  const driver = macosDriver({ platform: 'darwin', program: `${programs.folder}/lsappinfo` });
  expect(await driver.unavailable()).toBeNull();
  const ended = new AbortController();
  const { promise, resolve } = Promise.withResolvers<Look>();
  const serving = driver.serve(resolve, ended.signal);
  const look = await promise;
  try {
    return await look();
  } finally {
    ended.abort(new Error('closed'));
    await expect(serving).rejects.toThrow('closed');
  }
}

test('the app in front', async () => {
  const window = await seen(`
    case "$*" in
      front) echo 'ASN:0x0-0x1d01d:' ;;
      'info -only pid,bundleid ASN:0x0-0x1d01d:') printf '"pid"=4242\\n"CFBundleIdentifier"="com.apple.Terminal"\\n' ;;
      *) exit 64 ;;
    esac`);
  expect(window).toEqual({ title: '', classes: ['com.apple.terminal'], pid: 4_242 });
});

test('no app in front, and an lsappinfo that fails', async () => {
  expect(await seen('echo "[ NULL ] "')).toBeNull();
  await expect(seen('echo broken >&2; exit 1')).rejects.toThrow('lsappinfo ended with 1: broken');
});

test('other systems do not have it', async () => {
  expect(await macosDriver({ platform: 'linux' }).unavailable()).toBe('only macOS has it');
});
