import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakePrograms } from '../support/fake-programs.ts';
import { watchHotkey } from './watched-hotkey.ts';

/** A stand-in for `riverctl`: it keeps what it was asked, one line each. */
const RIVERCTL = 'echo "$*" >>"$HERE/asked";';

/** A stand-in for the compositor's Wayland socket, which takes connections and says nothing. */
async function compositorAt(path: string) {
  const clients = new Set<Socket>();
  const server = createServer((client) => clients.add(client)).listen(path);
  await once(server, 'listening');
  return {
    async end() {
      server.close();
      for (const client of clients) client.destroy();
    },
  };
}

describe('the hotkey of river, with a stand-in for riverctl', () => {
  async function river(script = RIVERCTL) {
    const programs = await fakePrograms({ riverctl: script });
    const path = join(programs.folder, 'wayland-1');
    const asked = async () => (await readFile(join(programs.folder, 'asked'), 'utf8')).trim().split('\n');
    const env = { ...programs.env, WAYLAND_DISPLAY: 'wayland-1', XDG_RUNTIME_DIR: programs.folder };
    return { programs, path, asked, env };
  }

  it('is mapped for press and release, the cancel key only while listening, and all are taken back', async () => {
    const { programs, path, asked, env } = await river();
    await using _ = programs;
    const compositor = await compositorAt(path);
    {
      await using watched = watchHotkey(env);
      expect(await watched.waitForState('grabbed')).toMatchObject({ backend: 'river' });
      watched.hotkey.setListening(true);
      await expect.poll(asked).toHaveLength(4);
      watched.hotkey.setListening(false);
      await expect.poll(asked).toHaveLength(5);
    }
    expect(await asked()).toEqual([
      'list-inputs',
      'map normal Control+Alt space spawn codex-voice press',
      'map -release normal Control+Alt space spawn codex-voice release',
      'map normal None Escape spawn codex-voice cancel',
      'unmap normal None Escape',
      'unmap normal Control+Alt space',
      'unmap -release normal Control+Alt space',
    ]);
    await compositor.end();
  });

  it('is mapped again when river is back', async () => {
    const { programs, path, asked, env } = await river();
    await using _ = programs;
    const first = await compositorAt(path);
    await using watched = watchHotkey(env);
    await watched.waitForState('grabbed');
    await first.end();
    expect(await watched.waitForState('waiting')).toMatchObject({ reason: { code: 'display-lost' } });
    const second = await compositorAt(path);
    await watched.waitForState('grabbed');
    expect((await asked()).filter((line) => line.startsWith('map normal'))).toHaveLength(2);
    await second.end();
  });

  it.each([
    ['it does not answer', {}, 'echo "error: not river" >&2; exit 1', {}],
    ['a mouse button is wanted', {}, RIVERCTL, { listen: 'Mouse8' }],
    ['it is no session of Wayland', { WAYLAND_DISPLAY: '' }, RIVERCTL, {}],
  ])('is passed over where %s', async (_why, changes, script, options) => {
    const { programs, env } = await river(script);
    await using _ = programs;
    await using watched = watchHotkey({ ...env, ...changes }, { backend: 'river', ...options });
    expect(await watched.waitForState('off')).toMatchObject({ reason: { code: 'hotkey-unavailable' } });
  });

  it('says what river refuses', async () => {
    const refuses = 'case "$1" in map) echo "error: unknown key" >&2; exit 1;; esac';
    const { programs, path, env } = await river(refuses);
    await using _ = programs;
    const compositor = await compositorAt(path);
    await using watched = watchHotkey(env);
    await expect
      .poll(() => watched.hotkey.state.reason)
      .toMatchObject({ code: 'hotkey-unavailable', message: expect.stringContaining('unknown key') });
    await compositor.end();
  });
});
