import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { parseShellEnvironment, type SessionPlaces } from '../../src/desktop-session/candidates.ts';
import { sessionEnvironment } from '../../src/desktop-session/environment.ts';
import { temporaryFolder } from '../support/process.ts';

interface Machine extends AsyncDisposable {
  home: string;
  places: SessionPlaces;
  env: NodeJS.ProcessEnv;
  /** What was logged, one JSON a line. */
  log: string[];
  find(more?: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv>;
  /** A process with this environment. @param started clock ticks since boot */
  addProcess(pid: number, name: string, started: number, env: NodeJS.ProcessEnv): Promise<void>;
  addX(number: number): Promise<void>;
  /** A program in the person's own `bin`. */
  addProgram(path: string, script: string): Promise<string>;
}

/** A machine of files: no process and no socket of the real one counts. */
async function machine(): Promise<Machine> {
  const folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  for (const name of ['proc', 'x', 'home', 'run', 'bin']) await mkdir(at(name));
  const places = { processes: at('proc'), xSockets: at('x'), uid: process.getuid?.() ?? -1 };
  const log: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void log.push(line) });
  const env = { HOME: at('home'), XDG_RUNTIME_DIR: at('run'), PATH: at('bin'), SHELL: at('bin/shell') };
  const addProgram = async (path: string, script: string) => {
    await mkdir(join(at(path), '..'), { recursive: true });
    await writeFile(at(path), `#!/bin/sh\n${script}\n`);
    await chmod(at(path), 0o755);
    return at(path);
  };
  await addProgram('bin/shell', 'exit 1');
  return {
    home: at('home'),
    places,
    env,
    log,
    find: (more = {}) => sessionEnvironment({ ...env, ...more }, logger, places),
    async addProcess(pid, name, started, variables) {
      await mkdir(join(places.processes, String(pid)));
      const text = Object.entries(variables).map(([key, value]) => `${key}=${value}\0`);
      await writeFile(join(places.processes, `${pid}/environ`), text.join(''));
      await writeFile(
        join(places.processes, `${pid}/stat`),
        `${pid} (${name}) S${' 0'.repeat(18)} ${started} 0\n`,
      );
    },
    addX: (number) => writeFile(join(places.xSockets, `X${number}`), ''),
    addProgram,
    [Symbol.asyncDispose]: folder.remove,
  };
}

const PERSON = {
  DISPLAY: ':1',
  XAUTHORITY: '/run/key',
  XDG_SESSION_TYPE: 'x11',
  DBUS_SESSION_BUS_ADDRESS: 'unix:path=/b',
};

describe('the environment of the desktop', () => {
  it('has a display without a file, and one that is written another way', async () => {
    await using it = await machine();
    await mkdir(join(it.places.processes, 'net'));
    const row = '0000000000000000: 00000002 00000000 00010000 0001 01 4242';
    await writeFile(
      join(it.places.processes, 'net/unix'),
      `Num\n${row} @/tmp/.X11-unix/X7\n${row} @/other\n`,
    );
    await it.addProcess(10, 'openbox', 1, { ...PERSON, DISPLAY: 'unix:7.0' });
    expect(await it.find()).toMatchObject({ ...PERSON, DISPLAY: 'unix:7.0' });
  });

  it('has nothing of a desktop that has ended: the user signed in to another one', async () => {
    await using it = await machine();
    const ended = {
      ...{ DISPLAY: ':3', WAYLAND_DISPLAY: 'wayland-0', XAUTHORITY: '/run/old-key' },
      ...{
        XDG_SESSION_TYPE: 'wayland',
        XDG_CURRENT_DESKTOP: 'KDE',
        DBUS_SESSION_BUS_ADDRESS: 'unix:path=/b',
      },
    };
    await writeFile(join(it.env.XDG_RUNTIME_DIR ?? '', 'wayland-1'), '');
    const now = { WAYLAND_DISPLAY: 'wayland-1', XDG_SESSION_TYPE: 'wayland', XDG_CURRENT_DESKTOP: 'sway' };
    await it.addProcess(10, 'sway', 1, { ...it.env, ...now });
    const found = await it.find(ended);
    expect(found).toMatchObject({ ...now, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/b' });
    expect(found).not.toHaveProperty('DISPLAY');
    expect(found).not.toHaveProperty('XAUTHORITY');
    expect(it.log.join('')).toContain('left out variables of a desktop that has ended');
  });

  it('loses the display of Wayland alone where X11 goes on, and keeps the one of another machine', async () => {
    await using it = await machine();
    await it.addX(1);
    const found = await it.find({ ...PERSON, WAYLAND_DISPLAY: 'wayland-9' });
    expect(found).toMatchObject(PERSON);
    expect(found).not.toHaveProperty('WAYLAND_DISPLAY');
    expect(await it.find({ ...PERSON, DISPLAY: 'office:1' })).toMatchObject({ DISPLAY: 'office:1' });
  });

  it('is what the leader of the session has, the oldest of several', async () => {
    await using it = await machine();
    await it.addX(1);
    await it.addX(2);
    await it.addProcess(10, 'firefox', 1, { DISPLAY: ':2' });
    await it.addProcess(300, 'openbox', 500, { ...PERSON, XAUTHORITY: '/other' });
    await it.addProcess(200, 'xfce4 session)', 400, PERSON);
    expect(await it.find()).toMatchObject(PERSON);
    const told = it.log.find((line) => line.includes('found the environment')) ?? '';
    expect(JSON.parse(told)).toMatchObject({
      source: 'the process xfce4 session) (200)',
      variables: expect.arrayContaining(['DISPLAY']),
    });
    expect(it.log.join()).not.toContain('/run/key');
  });

  it('keeps what was given, and takes nothing of another display', async () => {
    await using it = await machine();
    await it.addX(1);
    await it.addX(2);
    await it.addProcess(200, 'gnome-session-b', 400, PERSON);
    const found = await it.find({ DISPLAY: ':2' });
    expect(found).toMatchObject({ DISPLAY: ':2', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/b' });
    expect(found.XAUTHORITY).toBeUndefined();
  });

  it('is not mixed from a session on X11 and one on Wayland', async () => {
    await using it = await machine();
    await it.addX(2);
    const wayland = {
      WAYLAND_DISPLAY: 'wayland-1',
      XDG_SESSION_TYPE: 'wayland',
      XDG_CURRENT_DESKTOP: 'sway',
    };
    await it.addProcess(200, 'sway', 400, wayland);
    const found = await it.find({ DISPLAY: ':2', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/x' });
    expect(found).toMatchObject({ DISPLAY: ':2' });
    for (const name of Object.keys(wayland)) expect(found).not.toHaveProperty(name);
  });

  it('is none whose display is gone, or that is forwarded from elsewhere', async () => {
    await using it = await machine();
    await it.addProcess(20, 'gnome-session-b', 1, PERSON);
    await it.addProcess(21, 'sshd-session', 2, { DISPLAY: 'localhost:10.0' });
    const found = await it.find();
    expect(found.DISPLAY).toBeUndefined();
    expect(it.log.some((line) => line.includes('not found in the environment'))).toBe(true);
  });

  it('is what systemd was told', async () => {
    await using it = await machine();
    await it.addX(1);
    await it.addProgram(
      'bin/systemctl',
      `echo DISPLAY=:1; echo "XAUTHORITY=$'/a b\\\\'c'"; echo XDG_SESSION_TYPE=x11`,
    );
    await it.addProcess(20, 'gnome-session-b', 1, { ...PERSON, XAUTHORITY: '/not/this' });
    const expected = { ...PERSON, XAUTHORITY: "/a b'c", DBUS_SESSION_BUS_ADDRESS: 'unix:path=/b' };
    expect(await it.find()).toMatchObject(expected);
  });

  it('is at the usual sockets, where only one X server runs', async () => {
    await using it = await machine();
    await it.addX(7);
    await writeFile(join(it.env.XDG_RUNTIME_DIR ?? '', 'bus'), '');
    await writeFile(join(it.home, '.Xauthority'), '');
    const bus = `unix:path=${it.env.XDG_RUNTIME_DIR}/bus`;
    const found = { DISPLAY: ':7', XAUTHORITY: join(it.home, '.Xauthority'), DBUS_SESSION_BUS_ADDRESS: bus };
    expect(await it.find()).toMatchObject(found);
    await it.addX(8);
    expect((await it.find()).DISPLAY).toBeUndefined();
  });

  it('reads what systemctl prints', () => {
    const text = "A=plain\nB=$'a b\\'c\\n\\x41\\101'\nC=\nnonsense\n";
    expect(parseShellEnvironment(text)).toEqual({ A: 'plain', B: "a b'c\nAA", C: '' });
  });
});

describe('PATH', () => {
  it('is that of the login shell, then what was given, then the usual folders that exist', async () => {
    await using it = await machine();
    await it.addProgram('bin/shell', `echo motd; PATH=/opt/mine:relative:/usr/bin; eval "$2"; echo bye`);
    await it.addProgram('home/.nvm/versions/node/v9.1.0/bin/codex', '');
    await it.addProgram('home/.nvm/versions/node/v24.2.0/bin/codex', '');
    await it.addProgram('home/.nvm/versions/node/v22.3.0/bin/codex', '');
    await it.addProgram('home/.nvm/alias/default', '');
    await writeFile(join(it.home, '.nvm/alias/default'), '22\n');
    await it.addProgram('home/tools/bin/codex', '');
    await writeFile(join(it.home, '.npmrc'), 'fund=false\nprefix=~/tools\n');
    const folders = (await it.find()).PATH?.split(':') ?? [];
    expect(folders.slice(0, 3)).toEqual(['/opt/mine', '/usr/bin', it.env.PATH]);
    const nvm = (version: string) => join(it.home, `.nvm/versions/node/${version}/bin`);
    expect(folders.filter((path) => path.startsWith(it.home))).toEqual([
      join(it.home, 'tools/bin'),
      nvm('v22.3.0'),
      nvm('v24.2.0'),
      nvm('v9.1.0'),
    ]);
    expect(new Set(folders).size).toBe(folders.length);
  });

  it('does not wait for a profile that never ends', async () => {
    await using it = await machine();
    await it.addProgram('bin/shell', '/bin/sleep 1000 & exec /bin/sleep 1000');
    expect((await it.find()).PATH?.split(':')[0]).toBe(it.env.PATH);
    expect(
      it.log.some((line) => line.includes('did not report its PATH') && line.includes('more than')),
    ).toBe(true);
  });

  it('is told although something a profile started holds on', async () => {
    await using it = await machine();
    await it.addProgram('bin/shell', '/bin/sleep 2 & PATH=/opt/mine; eval "$2"');
    expect((await it.find()).PATH?.split(':')[0]).toBe('/opt/mine');
  });
});
