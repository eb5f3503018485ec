import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ActiveWindow, type FocusDriver, type Look, windowOf } from '../../src/focus/active-window.ts';
import { Focus, focusDrivers } from '../../src/focus/focus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PROJECTS = [
  { name: 'backend', directory: '/nowhere/backend' },
  { name: 'web', directory: '/nowhere/web' },
];

const editor = (folder: string) => windowOf(`a.ts - ${folder} - Visual Studio Code`, ['code'], null);

/** A driver under the control of the test. */
class Desktop implements FocusDriver {
  readonly name = 'desktop';
  /** How many connections there were, and are. */
  connections = 0;
  open = 0;
  look: Look = () => editor('web');
  reason: string | null = null;
  #end = Promise.withResolvers<Error>();

  async unavailable(): Promise<string | null> {
    return this.reason;
  }

  async serve(attach: (look: Look) => void, signal: AbortSignal): Promise<never> {
    this.connections += 1;
    this.open += 1;
    this.#end = Promise.withResolvers();
    signal.addEventListener('abort', () => this.#end.resolve(new Error('closed')), { once: true });
    attach(() => this.look());
    try {
      throw await this.#end.promise;
    } finally {
      this.open -= 1;
    }
  }

  restart(): void {
    this.#end.resolve(new Error('the compositor has ended'));
  }
}

function startFocus(desktop: FocusDriver, projects = [...PROJECTS]) {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) });
  const focus = new Focus({ projects: () => projects, env: {}, folder: '/nowhere', logger }, [desktop]);
  onTestFinished(() => focus.close());
  focus.follow();
  return { focus, projects, lines };
}

describe('the focused project', () => {
  it('is that of the active window, in the names of now', async () => {
    const desktop = new Desktop();
    const { focus, projects } = startFocus(desktop);
    await expect.poll(() => focus.project()).toBe('web');
    desktop.look = async () => editor('backend');
    expect(await focus.project()).toBe('backend');
    projects[0] = { name: 'server', directory: '/nowhere/backend' };
    expect(await focus.project()).toBe('server');
  });

  it('is looked for only while there are several projects', async () => {
    const desktop = new Desktop();
    const { focus, projects } = startFocus(desktop, PROJECTS.slice(0, 1));
    expect(await focus.project()).toBeNull();
    expect(desktop.connections).toBe(0);
    projects.push(PROJECTS[1] ?? { name: '', directory: '' });
    focus.follow();
    focus.follow();
    await expect.poll(() => focus.project()).toBe('web');
    expect(desktop.connections).toBe(1);
    projects.pop();
    focus.follow();
    await expect.poll(() => desktop.open).toBe(0);
    expect(await focus.project()).toBeNull();
    projects.push(PROJECTS[1] ?? { name: '', directory: '' });
    focus.follow();
    await expect.poll(() => focus.project()).toBe('web');
    expect(desktop).toMatchObject({ connections: 2, open: 1 });
  });

  it('is known again when the compositor comes back', async () => {
    const desktop = new Desktop();
    const { focus } = startFocus(desktop);
    await expect.poll(() => focus.project()).toBe('web');
    for (let round = 2; round < 5; round += 1) {
      desktop.restart();
      await expect.poll(() => desktop.connections).toBe(round);
      await expect.poll(() => focus.project()).toBe('web');
    }
    expect(desktop.open).toBe(1);
  });

  it.each<[string, Look]>([
    ['none', () => null],
    ['one of no project', () => editor('elsewhere')],
    ['one that cannot be looked at', () => Promise.reject(new Error('no answer'))],
    ['one that takes too long', () => new Promise<ActiveWindow | null>(() => undefined)],
  ])('is unknown when the active window is %s', async (_, look) => {
    const desktop = new Desktop();
    const { focus } = startFocus(desktop);
    await expect.poll(() => focus.project()).toBe('web');
    desktop.look = look;
    expect(await focus.project()).toBeNull();
  });

  it('is unknown where no driver works, and the log has the reasons', async () => {
    const desktop = new Desktop();
    desktop.reason = 'it does not run here';
    const { focus, lines } = startFocus(desktop);
    await expect.poll(() => lines).toMatchObject([{ driver: 'desktop', reason: 'it does not run here' }]);
    expect(await focus.project()).toBeNull();
    expect(desktop.connections).toBe(0);
  });

  it('is unknown after close, which ends the connection', async () => {
    const desktop = new Desktop();
    const { focus } = startFocus(desktop);
    await expect.poll(() => focus.project()).toBe('web');
    await focus.close();
    focus.follow();
    expect(desktop.open).toBe(0);
    expect(await focus.project()).toBeNull();
  });
});

describe('the drivers', () => {
  const logger = pino({ level: 'silent' });
  async function reasons(env: NodeJS.ProcessEnv) {
    const folder = temporaryFolder();
    const drivers = focusDrivers({ env: { XDG_RUNTIME_DIR: folder, ...env }, folder, logger });
    return Promise.all(drivers.map(async (driver) => [driver.name, await driver.unavailable()]));
  }

  it('say why they cannot be used, in their order', async () => {
    expect(await reasons({})).toEqual([
      ['sway', 'sway does not run here'],
      ['kwin', 'this is not a Wayland session'],
      ['hyprland', 'Hyprland does not run here'],
      ['niri', 'niri does not run here'],
      ['x11', 'DISPLAY is not set'],
    ]);
  });

  it.each([
    ['ubuntu:GNOME', 'GNOME on Wayland reports the active window to its extensions only'],
    ['COSMIC', 'this Wayland compositor does not report the active window'],
  ])('know what %s lacks on Wayland', async (desktop, reason) => {
    const env = { WAYLAND_DISPLAY: 'wayland-0', XDG_CURRENT_DESKTOP: desktop };
    expect((await reasons(env)).slice(1)).toEqual([
      ['kwin', 'there is no D-Bus session bus'],
      ['hyprland', 'Hyprland does not run here'],
      ['niri', 'niri does not run here'],
      ['x11', reason],
    ]);
    // An X11 window can be known there.
    const [x11] = focusDrivers({ env: { ...env, DISPLAY: ':0' }, folder: '/nowhere', logger }).slice(-1);
    expect(x11?.gap).toBe(reason);
    expect(await x11?.unavailable()).toBeNull();
  });
});
