import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTerminal } from '../../src/windows/popup.ts';
import { terminalCommand } from '../../src/windows/terminals.ts';
import { type FakePrograms, fakePrograms } from '../support/fake-programs.ts';
import { waitFor } from '../support/process.ts';
import { startXServer } from '../support/x-server.ts';

describe('a terminal window for a command', () => {
  let programs: FakePrograms;
  beforeEach(async () => {
    programs = await fakePrograms({});
  });
  afterEach(() => programs[Symbol.asyncDispose]());

  const command = ['codex-voice', 'attach', '--project', 'the web app; rm x'];
  const of = (terminal: string) => terminalCommand(terminal, command, programs.env);
  const place = (name: string) => join(programs.folder, name);

  it('is the first that is installed, each with its own way to take a command', async () => {
    const ways: [name: string, before: string[]][] = [
      ['xterm', ['-u8', '-e']],
      ['xfce4-terminal', ['-x']],
      ['gnome-terminal', ['--']],
      ['wezterm', ['start', '--']],
      ['kitty', []],
      ['x-terminal-emulator', ['-e']],
    ];
    for (const [name, before] of ways) {
      await programs.set(name, 'exit 0');
      expect(await of('auto')).toEqual({ program: place(name), args: [...before, ...command] });
    }
  });

  it('is the one of the settings, by name or path', async () => {
    await programs.set('xterm', 'exit 0');
    await programs.set('gnome-terminal', 'exit 0');
    expect((await of('xterm')).program).toBe(place('xterm'));
    expect(await of(place('gnome-terminal'))).toEqual({
      program: place('gnome-terminal'),
      args: ['--', ...command],
    });
    await expect(of('kitty')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is told to be missing, with what to install', async () => {
    await expect(of('auto')).rejects.toMatchObject({
      code: 'not-found',
      hint: expect.stringContaining('xfce4-terminal, xterm'),
    });
  });

  it('is told when it does not open', async () => {
    await programs.set('xterm', 'exit 3');
    const opening = openTerminal('auto', command, programs.env);
    await expect(opening).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/with 3/),
    });
    await expect(openTerminal('/nowhere/xterm', command, programs.env)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('is taken for open when it hands its window to a server and ends', async () => {
    await programs.set('gnome-terminal', 'echo "$@" > "$HERE/args"');
    await openTerminal('auto', command, programs.env);
    expect(await readFile(place('args'), 'utf8')).toBe(`--geometry=110x32 -- ${command.join(' ')}\n`);
  });

  it('gets the token of the press that opens it, and not one that was used before', async () => {
    await programs.set('gnome-terminal', 'echo "$XDG_ACTIVATION_TOKEN-$DESKTOP_STARTUP_ID" > "$HERE/token"');
    const env = { ...programs.env, XDG_ACTIVATION_TOKEN: 'used', DESKTOP_STARTUP_ID: 'used' };
    for (const [activation, told] of [
      [undefined, '-\n'],
      ['kwin-1', 'kwin-1-kwin-1\n'],
    ] as const) {
      await openTerminal('auto', command, env, { activation });
      expect(await readFile(place('token'), 'utf8')).toBe(told);
    }
  });

  it('really opens: xterm', async () => {
    await using screen = await startXServer();
    const script = 'echo $$ > "$0"; exec sleep 60';
    await openTerminal('xterm', ['sh', '-c', script, place('pid')], { ...screen.env, PATH: '/usr/bin:/bin' });
    const pid = await waitFor('the command in it', () => readFile(place('pid'), 'utf8').catch(() => ''));
    await waitFor('its window', async () => {
      const windows = await screen.xdotool('search', '--onlyvisible', '--class', 'xterm').catch(() => '');
      return windows !== '';
    });
    process.kill(Number(pid));

    // It is no failure of the terminal when somebody ends its window before anything else is in it.
    const nothing = { title: 'hello', ready: new Promise(() => undefined) };
    const opening = openTerminal('xterm', ['sleep', '60'], { ...screen.env, PATH: '/usr/bin:/bin' }, nothing);
    const window = await waitFor('its window', () =>
      screen.xdotool('search', '--onlyvisible', '--name', '^hello$').catch(() => ''),
    );
    const active = () => screen.xdotool('getactivewindow').catch(() => '');
    await waitFor('the keyboard', async () => (await active()) === window);
    // Whoever is to bring it forward has to see it as well, on a busy machine too.
    await delay(2_000);
    await screen.xdotool('windowkill', window);
    await opening;
  });
});
