import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, startProcess, type TestProcess, waitFor } from '../support/process.ts';
import { openKeyLog, startXServer, type XServer } from '../support/x-server.ts';
import { watchHotkey } from './watched-hotkey.ts';

const THIEF = fileURLToPath(new URL('../support/key-thief.ts', import.meta.url));

async function stealKey(server: XServer, chord: string): Promise<TestProcess> {
  const thief = await startProcess(process.execPath, [THIEF, chord], { env: server.env });
  await waitFor('the other program', () => thief.stdout().includes('grabbed'));
  return thief;
}

describe('a key that is taken', () => {
  it('is told with the name of the program, and grabbed when it is free', async () => {
    await using server = await startXServer({ windowManager: false });
    const thief = await stealKey(server, 'Ctrl+Alt+Space');
    try {
      await using watched = watchHotkey(server.env);
      const { reason } = await watched.waitForState('waiting', 'hotkey-taken');
      expect(reason?.message).toBe('Ctrl+Alt+Space is taken by key-thief.ts.');
      expect(reason?.hint).toContain('config.toml');
      await thief.stop();
      await watched.waitForState('grabbed');
      await server.xdotool('key', 'ctrl+alt+space');
      expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
      const states = watched.events.flatMap((event) => (event.type === 'state' ? [event.state.state] : []));
      expect(states).toEqual(['waiting', 'grabbed']);
    } finally {
      await thief.stop();
    }
  });

  it('names the window manager when that holds it, and no xterm beside it', async () => {
    await using server = await startXServer({
      keyboard: '<keybind key="C-A-space"><action name="Iconify"/></keybind>',
    });
    await using _app = await openKeyLog(server);
    await using watched = watchHotkey(server.env);
    const { reason } = await watched.waitForState('waiting', 'hotkey-taken');
    expect(reason?.message).toBe('Ctrl+Alt+Space is taken by Openbox.');
  });

  it('names the program when the window manager holds no grab', async () => {
    await using server = await startXServer();
    const thief = await stealKey(server, 'Ctrl+Alt+Space');
    try {
      await using watched = watchHotkey(server.env);
      const { reason } = await watched.waitForState('waiting', 'hotkey-taken');
      expect(reason?.message).toBe('Ctrl+Alt+Space is taken by key-thief.ts.');
    } finally {
      await thief.stop();
    }
  });

  it('names both when the program or the window manager may hold it', async () => {
    await using server = await startXServer();
    await using _app = await openKeyLog(server);
    const thief = await stealKey(server, 'Ctrl+Alt+Space');
    try {
      await using watched = watchHotkey(server.env);
      const { reason } = await watched.waitForState('waiting', 'hotkey-taken');
      expect(reason?.message).toBe('Ctrl+Alt+Space is taken by key-thief.ts or Openbox.');
    } finally {
      await thief.stop();
    }
  });

  it('lets listening go on when it is the cancel key', async () => {
    await using server = await startXServer({ windowManager: false });
    const thief = await stealKey(server, 'Ctrl+Escape');
    try {
      await using watched = watchHotkey(server.env, { cancel: 'Ctrl+Escape' });
      await watched.waitForState('grabbed');
      watched.hotkey.setListening(true);
      await waitFor('the log', () =>
        watched.log.includes('no cancel key: Ctrl+Escape is taken by key-thief.ts.'),
      );
      await server.xdotool('key', 'ctrl+Escape', 'ctrl+alt+space');
      expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
      expect(watched.hotkey.state.state).toBe('grabbed');
    } finally {
      await thief.stop();
    }
  });
});

describe('another keyboard layout', () => {
  let server: XServer;
  beforeAll(async () => {
    server = await startXServer();
  });
  afterAll(() => server?.stop());
  const layout = (...args: string[]) => run('setxkbmap', args, { env: server.env });

  it('moves the grab to where the key is now', async () => {
    await using watched = watchHotkey(server.env, { listen: 'Ctrl+Alt+a' });
    await watched.waitForState('grabbed');
    await server.xdotool('key', 'ctrl+alt+38');
    await watched.waitForKeys(2);
    // A French keyboard has A where an American one has Q: keycode 24 instead of 38.
    await layout('fr');
    const before = watched.keys().length;
    await waitFor('the key at its new place', async () => {
      await server.xdotool('key', 'ctrl+alt+24');
      return watched.keys().length > before;
    });
    await layout('us');
  });

  it('waits while the layout lacks the key', async () => {
    await using watched = watchHotkey(server.env, { listen: 'Ctrl+Alt+a' });
    await watched.waitForState('grabbed');
    await layout('ru');
    const { reason } = await watched.waitForState('waiting', 'hotkey-unavailable');
    expect(reason?.message).toContain('no key for Ctrl+Alt+a');
    await layout('us,ru');
    await watched.waitForState('grabbed');
    await server.xdotool('key', 'ctrl+alt+38');
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    await layout('us');
  });

  it.each([
    ['fr', 'Ctrl+Alt+1', 'ctrl+alt+10'],
    ['cz', 'Ctrl+Alt+2', 'ctrl+alt+11'],
    ['ru,gr,us', 'Ctrl+Alt+q', 'ctrl+alt+24'],
    ['us,ru,gr', 'Ctrl+Alt+q', 'ctrl+alt+24'],
    ['us', 'Ctrl+Alt+plus', 'ctrl+alt+shift+21'],
  ])('finds on %s the key of %s', async (names, listen, keys) => {
    await using watched = watchHotkey(server.env, { listen });
    await layout(names);
    await watched.waitForState('grabbed');
    await waitFor('the key', async () => {
      await server.xdotool('key', keys);
      return watched.keys().length >= 2;
    });
    expect(watched.keys().slice(0, 2)).toEqual(['press', 'release']);
    await layout('us');
  });

  it('finds a key of the second group', async () => {
    await layout('ru,us');
    await using watched = watchHotkey(server.env, { listen: 'Ctrl+Alt+a' });
    await watched.waitForState('grabbed');
    await server.xdotool('key', 'ctrl+alt+38');
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    await layout('us');
  });
});

describe('DISPLAY', () => {
  it.each([
    ['an abstract socket', ['-nolisten', 'unix', '-nolisten', 'tcp'], (number: string) => `:${number}`],
    ['the name that xauth writes', ['-nolisten', 'tcp'], (number: string) => `somewhere/unix:${number}`],
    ['the name unix', ['-nolisten', 'tcp'], (number: string) => `unix:${number}.0`],
    [
      'an IPv6 address',
      ['-nolisten', 'unix', '-nolisten', 'local', '-listen', 'tcp'],
      (number: string) => `[::1]:${number}`,
    ],
  ])('as %s', async (_, args, display) => {
    const xvfb = await startProcess('Xvfb', [
      '-displayfd',
      '1',
      '-screen',
      '0',
      '640x480x24',
      '-ac',
      ...args,
    ]);
    try {
      const number = await waitFor('Xvfb', () => /^(\d+)\n/.exec(xvfb.stdout())?.[1]);
      await using watched = watchHotkey({ ...process.env, DISPLAY: display(number) });
      await watched.waitForState('grabbed');
    } finally {
      await xvfb.stop();
    }
  });
});

describe('the X server', () => {
  it('dies and comes back: the key is released, and grabbed again', async () => {
    await using first = await startXServer();
    await using watched = watchHotkey(first.env);
    await watched.waitForState('grabbed');
    await first.xdotool('keydown', 'ctrl', 'keydown', 'alt', 'keydown', 'space');
    await watched.waitForKeys(1);
    await first.kill();
    expect(await watched.waitForKeys(2)).toEqual(['press', 'release']);
    const { reason } = await watched.waitForState('waiting', 'display-lost');
    expect(reason?.message).toMatch(/was lost|does not answer/);
    await using second = await startXServer({ number: first.number });
    await watched.waitForState('grabbed');
    await second.xdotool('key', 'ctrl+alt+space');
    expect(await watched.waitForKeys(4)).toEqual(['press', 'release', 'press', 'release']);
  });

  it('is waited for when it is not there yet, and so is the cancel key', async () => {
    const probe = await startXServer({ windowManager: false });
    await probe.stop();
    await using watched = watchHotkey({ DISPLAY: probe.display });
    const { reason } = await watched.waitForState('waiting', 'display-lost');
    expect(reason?.message).toContain(`The X server ${probe.display} does not answer`);
    watched.hotkey.setListening(true);
    await using server = await startXServer({ number: probe.number });
    await watched.waitForState('grabbed');
    await waitFor('the cancel key', async () => {
      await server.xdotool('key', 'Escape');
      return watched.keys().includes('cancel');
    });
  });

  it('refuses us without its cookie, and says what to do', async () => {
    await using server = await startXServer({ auth: true, windowManager: false });
    const env = { ...server.env, XAUTHORITY: '/', HOME: '/nowhere' };
    await using watched = watchHotkey(env);
    const { reason } = await watched.waitForState('waiting', 'hotkey-unavailable');
    expect(reason?.message).toContain('refused the connection: Authorization required');
    expect(reason?.hint).toContain('XAUTHORITY');
  });

  it('can be something that hangs up at once', async () => {
    await using x = await startXServer({ windowManager: false });
    await x.stop();
    const impostor = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => impostor.listen(`/tmp/.X11-unix/X${x.number}`, resolve));
    try {
      await using watched = watchHotkey({ DISPLAY: x.display });
      await watched.waitForState('waiting', 'display-lost');
    } finally {
      await new Promise((resolve) => impostor.close(resolve));
    }
  });

  it.each(['nonsense', ':', ':99999999', 'host:0:0'])('cannot be DISPLAY=%s', async (DISPLAY) => {
    await using watched = watchHotkey({ DISPLAY });
    const { reason } = await watched.waitForState('waiting', 'hotkey-unavailable');
    expect(reason?.message).toContain(`DISPLAY "${DISPLAY}"`);
  });
});
