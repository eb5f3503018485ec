import { describe, expect, it } from 'vitest';
import { niriDriver } from '../../src/focus/niri.ts';
import { niriWindow, startFakeNiri } from '../support/fake-niri.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { followWindow } from './followed-window.ts';

describe('the active window of niri', () => {
  it('is the one that has the focus at the beginning, then the one that gets it', async () => {
    const runtime = temporaryFolder();
    await using niri = await startFakeNiri(runtime);
    niri.windows.push(niriWindow(1), niriWindow(2, { is_focused: true, app_id: 'Code' }));
    await using followed = followWindow(niriDriver({ NIRI_SOCKET: niri.path }));
    await followed.waitFor({ title: 'window 2', classes: ['code'], pid: 1_002 });
    niri.event('WindowFocusChanged', { id: 1 });
    await followed.waitFor({ title: 'window 1', classes: ['foot'], pid: 1_001 });
    niri.event('WindowFocusChanged', { id: null });
    await followed.waitFor(null);
  });

  it('follows windows that open, change and close', async () => {
    const runtime = temporaryFolder();
    await using niri = await startFakeNiri(runtime);
    await using followed = followWindow(niriDriver({ XDG_RUNTIME_DIR: runtime }));
    await followed.waitFor(null);
    niri.event('WindowOpenedOrChanged', { window: niriWindow(1, { is_focused: true }) });
    await followed.waitFor({ pid: 1_001 });
    niri.event('WindowOpenedOrChanged', { window: niriWindow(1, { is_focused: true, title: 'other' }) });
    await followed.waitFor({ title: 'other' });
    niri.event('WindowOpenedOrChanged', { window: niriWindow(2, { title: null, app_id: null, pid: null }) });
    niri.event('WindowFocusTimestampChanged', { id: 1, focus_timestamp: null });
    niri.event('WindowFocusChanged', { id: 2 });
    await followed.waitFor({ title: '', classes: [], pid: null });
    niri.event('WindowClosed', { id: 2 });
    await followed.waitFor(null);
    niri.event('WindowsChanged', { windows: [niriWindow(7, { is_focused: true })] });
    await followed.waitFor({ pid: 1_007 });
  });

  it('ends with niri, and is found at its new socket', async () => {
    const runtime = temporaryFolder();
    const env = { XDG_RUNTIME_DIR: runtime, NIRI_SOCKET: '' };
    {
      await using niri = await startFakeNiri(runtime);
      env.NIRI_SOCKET = niri.path;
      await using followed = followWindow(niriDriver(env));
      await followed.waitFor(null);
      await niri[Symbol.asyncDispose]();
      expect(await followed.ended).toEqual(new Error('niri closed the connection'));
    }
    expect(await niriDriver(env).unavailable()).toBe('niri does not run here');
    await using niri = await startFakeNiri(runtime, 5678);
    niri.windows.push(niriWindow(1, { is_focused: true }));
    await using followed = followWindow(niriDriver(env));
    await followed.waitFor({ pid: 1_001 });
  });

  it.each(['{"WindowClosed":{}}', 'no JSON'])('ends when niri sends something else: %s', async (line) => {
    await using niri = await startFakeNiri(temporaryFolder());
    await using followed = followWindow(niriDriver({ NIRI_SOCKET: niri.path }));
    await followed.waitFor(null);
    niri.send(line);
    expect(await followed.ended).toBeInstanceOf(Error);
  });
});
