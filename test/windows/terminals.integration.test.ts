import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WindowLook } from '../../src/windows/terminal-command.ts';
import { terminalCommand } from '../../src/windows/terminals.ts';
import { shellWord } from '../../src/windows/terminals-macos.ts';
import { type FakePrograms, fakePrograms } from '../support/fake-programs.ts';
import { run } from '../support/process.ts';
import { parseWt } from '../support/windows-terminal.ts';

const COMMAND = ['/opt/codex voice/codex-voice', 'attach', '--project', 'it\'s; rm -rf "$HOME" `x` \\'];
const LOOK: WindowLook = { title: 'codex-voice: a; b', class: 'codex-voice-a-b', columns: 110, rows: 32 };

let programs: FakePrograms;
beforeEach(async () => {
  programs = await fakePrograms({});
});
afterEach(() => programs[Symbol.asyncDispose]());

const place = (name: string) => join(programs.folder, name);

describe('the look of a window, on Linux', () => {
  const ways: [name: string, args: string[]][] = [
    ['x-terminal-emulator', ['-T', 'codex-voice: a; b', '-e']],
    ['foot', ['--title=codex-voice: a; b', '--app-id=codex-voice-a-b', '--window-size-chars=110x32']],
    [
      'kitty',
      [
        '--class=codex-voice-a-b',
        '--override=remember_window_size=no',
        '--override=initial_window_width=110c',
        '--override=initial_window_height=32c',
      ],
    ],
    [
      'alacritty',
      [
        ...['--class', 'codex-voice-a-b'],
        ...['--option', 'window.dimensions.columns=110', 'window.dimensions.lines=32', '-e'],
      ],
    ],
    [
      'wezterm',
      [
        ...['--config', 'initial_cols=110', '--config', 'initial_rows=32'],
        ...['start', '--class', 'codex-voice-a-b', '--'],
      ],
    ],
    ['ghostty', ['--class=io.github.codex_voice_a_b', '--window-width=110', '--window-height=32', '-e']],
    ['gnome-terminal', ['--title=codex-voice: a; b', '--geometry=110x32', '--']],
    ['konsole', ['-p', 'TerminalColumns=110', '-p', 'TerminalRows=32', '-e']],
    ['xfce4-terminal', ['--title=codex-voice: a; b', '--geometry=110x32', '-x']],
    ['xterm', ['-u8', '-T', 'codex-voice: a; b', '-geometry', '110x32', '-e']],
    ['some-other', ['-e']],
  ];
  for (const [name, args] of ways) {
    it(`is told to ${name}, and the command stays as it is`, async () => {
      await programs.set(name, 'exit 0');
      const made = await terminalCommand(name, COMMAND, programs.env, LOOK, 'linux');
      expect(made).toEqual({ program: place(name), args: [...args, ...COMMAND] });
    });
  }

  it('is that of the terminal for which x-terminal-emulator stands', async () => {
    await programs.set('lxterm', 'exit 0');
    await mkdir(place('alternatives'));
    await symlink(place('lxterm'), place('alternatives/x-terminal-emulator'));
    await symlink(place('alternatives/x-terminal-emulator'), place('x-terminal-emulator'));
    const { program, args } = await terminalCommand('auto', ['true'], programs.env, LOOK, 'linux');
    expect(program).toBe(place('x-terminal-emulator'));
    expect(args).toEqual(['-u8', '-T', 'codex-voice: a; b', '-geometry', '110x32', '-e', 'true']);
  });
});

describe('on macOS', () => {
  const words = async (line: string) =>
    (await run('/bin/sh', ['-c', `printf '%s\\n' ${line}`])).split('\n').slice(0, -1);

  it('Terminal.app is told through osascript; nothing of the command is part of the script', async () => {
    await programs.set('osascript', 'exit 0');
    const { program, args } = await terminalCommand('terminal', COMMAND, programs.env, LOOK, 'darwin');
    const [option, script, line = '', ...rest] = args;
    expect([program, option, rest]).toEqual([place('osascript'), '-e', ['codex-voice: a; b', '110', '32']]);
    expect(script).toMatch(/^on run \{commandLine, windowTitle, columnCount, rowCount\}/);
    expect(script).toContain('tell application "Terminal"');
    expect(script).not.toContain('rm -rf');
    // What Terminal.app types into the person's shell is the command, word for word.
    expect(line.startsWith('exec ')).toBe(true);
    expect(await words(line.slice('exec '.length))).toEqual(COMMAND);
  });

  it('iTerm2 is taken where it is installed', async () => {
    await programs.set('osascript', 'exit 0');
    await mkdir(place('Applications/iTerm.app'), { recursive: true });
    const { args } = await terminalCommand('auto', COMMAND, programs.env, {}, 'darwin');
    expect(args[1]).toContain('create window with default profile command commandLine');
    expect(await words(args[2] ?? '')).toEqual(COMMAND);
    expect(args.slice(3)).toEqual(['', '', '']);
  });

  it('others are started as elsewhere', async () => {
    await programs.set('kitty', 'exit 0');
    const { program } = await terminalCommand('kitty', COMMAND, programs.env, {}, 'darwin');
    expect(program).toBe(place('kitty'));
  });

  it('a word is quoted for the shell', () => {
    expect(['plain/word-1', "it's", '', 'a b'].map(shellWord)).toEqual([
      'plain/word-1',
      `'it'\\''s'`,
      "''",
      "'a b'",
    ]);
  });
});

describe('on Windows', () => {
  it('Windows Terminal opens a window that has a name, and the command stays as it is', async () => {
    await programs.set('wt.exe', 'exit 0');
    const { program, args } = await terminalCommand('auto', COMMAND, programs.env, LOOK, 'win32');
    expect(program).toBe(place('wt.exe'));
    expect(parseWt(args)).toEqual([
      {
        window: 'codex-voice-a-b',
        size: '110,32',
        action: 'new-tab',
        title: 'codex-voice: a; b',
        command: COMMAND,
      },
    ]);
  });

  it.each(['"; calc "', 'a b\\', '\\"', '""', '', 'C:\\end dir\\" --popup "'])(
    'a project called %s stays one word',
    async (name) => {
      await programs.set('wt.exe', 'exit 0');
      const command = ['C:\\codex-voice.exe', 'attach', '--project', name];
      const { args } = await terminalCommand('auto', command, programs.env, LOOK, 'win32');
      expect(parseWt(args).map((each) => each.command)).toEqual([command]);
    },
  );

  it('without it conhost opens a console window', async () => {
    expect(await terminalCommand('auto', COMMAND, programs.env, LOOK, 'win32')).toEqual({
      program: 'C:\\Windows\\System32\\conhost.exe',
      args: COMMAND,
    });
    await expect(terminalCommand('kitty', COMMAND, programs.env, LOOK, 'win32')).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
