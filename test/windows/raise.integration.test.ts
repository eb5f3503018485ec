import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { raiseWindow } from '../../src/windows/raise.ts';
import { type FakePrograms, fakePrograms } from '../support/fake-programs.ts';
import { parseWt } from '../support/windows-terminal.ts';

const logger = pino({ level: 'silent' });
const NOTE = 'for word; do printf "%s\\n" "$word"; done >> "$HERE/told"';

/** Bringing a window to the front where no X server can be asked, against stand-ins of the programs that can. */
describe('a window is raised', () => {
  let programs: FakePrograms;
  beforeEach(async () => {
    programs = await fakePrograms({});
  });
  afterEach(() => programs[Symbol.asyncDispose]());

  const window = { pid: process.pid, class: 'codex-voice-backend' };
  const raise = (env: NodeJS.ProcessEnv, platform?: NodeJS.Platform) =>
    raiseWindow(window, { ...programs.env, ...env }, logger, platform);
  const told = async () => (await readFile(join(programs.folder, 'told'), 'utf8')).trimEnd().split('\n');

  it('on no other compositor, and not without a display', async () => {
    expect(await raise({ WAYLAND_DISPLAY: 'wayland-1' })).toBe(false);
    expect(await raise({})).toBe(false);
  });

  it('on macOS, in the application that has its tty', async () => {
    await programs.set('ps', `[ "$*" = "-o tty= -p ${process.pid}" ] && echo ttys004`);
    await programs.set('pgrep', '[ "$2" = Terminal ]');
    await programs.set(
      'osascript',
      `printf '%s\\n' "$3" >> "$HERE/told"; case "$2" in *'"Terminal"'*) echo raised;; esac`,
    );
    expect(await raise({}, 'darwin')).toBe(true);
    // iTerm2 does not run: asking it would start it.
    expect(await told()).toEqual(['/dev/ttys004']);
    await programs.set('osascript', 'exit 0');
    expect(await raise({}, 'darwin')).toBe(false);
  });

  it('on Windows, by the name of the window', async () => {
    await programs.set('wt.exe', NOTE);
    expect(await raise({}, 'win32')).toBe(true);
    expect(parseWt(await told())).toEqual([
      { window: 'codex-voice-backend', action: 'focus-tab', target: '0', command: [] },
    ]);
  });
});
