import { existsSync } from 'node:fs';
import { run, startProcess, temporaryFolder, waitFor } from './process.ts';
import type { TestSessionBus } from './session-bus.ts';

/** The real xfce4-notifyd on a virtual display: a server that draws buttons. */
export interface TestXfceNotifyd extends AsyncDisposable {
  readonly pid: number;
  /** Clicks a button of the newest bubble, where all have short words. @param index from the right; default: 0 */
  press(index?: number): Promise<void>;
  /** Clicks the button with this index, from the left, of `count` that share the width of the newest bubble. */
  pressButton(index: number, count: number): Promise<void>;
  /** How many bubbles are on the screen. */
  bubbles(): Promise<number>;
  stop(): Promise<void>;
}

const folders = ['/usr/lib/x86_64-linux-gnu/xfce4', '/usr/lib/aarch64-linux-gnu/xfce4', '/usr/lib/xfce4'];

/** A part of Xfce that is not in PATH. @throws Error when it is not installed */
export function xfceProgram(path: string): string {
  const found = folders.map((folder) => `${folder}/${path}`).find((candidate) => existsSync(candidate));
  if (!found) throw new Error(`${path} of Xfce is not installed`);
  return found;
}

/** Starts xfce4-notifyd (0.7.3), and the settings service it reads, on a bus. */
export async function startXfceNotifyd(options: {
  display: string;
  bus: TestSessionBus;
}): Promise<TestXfceNotifyd> {
  const folder = await temporaryFolder('codex-voice-xfce-');
  const own = ['XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_DATA_HOME', 'HOME'].map((name) => [
    name,
    folder.path,
  ]);
  const env = {
    ...process.env,
    ...Object.fromEntries(own),
    ...options.bus.env,
    DISPLAY: options.display,
    GTK_A11Y: 'none',
    NO_AT_BRIDGE: '1',
  };
  const settings = await startProcess(xfceProgram('xfconf/xfconfd'), [], { env });
  await options.bus.waitForName('org.xfce.Xfconf');
  const notifyd = await startProcess(xfceProgram('notifyd/xfce4-notifyd'), [], { env });
  await options.bus.waitForName('org.freedesktop.Notifications');

  const windows = async () => {
    const search = ['search', '--onlyvisible', '--class', 'xfce4-notifyd'];
    const found = await startProcess('xdotool', search, { env });
    await found.exited; // it fails when there is none
    return found.stdout().trim().split('\n').filter(Boolean);
  };
  const newest = async () => (await windows()).at(-1);
  /** @param at from the left, of a bubble of this width */
  const click = async (at: (width: number) => number) => {
    await run('xdotool', ['mousemove', '2', '2'], { env });
    const window = await waitFor('a bubble on the screen', newest);
    const geometry = await run('xdotool', ['getwindowgeometry', '--shell', window], { env });
    const value = (name: string) => Number(new RegExp(`^${name}=(-?\\d+)`, 'm').exec(geometry)?.[1]);
    const x = Math.round(value('X') + at(value('WIDTH')));
    const y = value('Y') + value('HEIGHT') - 31;
    await run('xdotool', ['mousemove', `${x}`, `${y}`, 'click', '1'], { env });
  };
  const stop = async () => {
    await notifyd.stop();
    await settings.stop();
    await folder.remove();
  };
  return {
    pid: notifyd.pid,
    stop,
    [Symbol.asyncDispose]: stop,
    // in its default theme; buttons are about 92 pixels wide and stand at the right, or share a width that is too small
    press: (index = 0) => click((width) => width - 60 - 92 * index),
    pressButton: (index, count) => click((width) => 14 + ((width - 28) * (2 * index + 1)) / (2 * count)),
    bubbles: async () => (await windows()).length,
  };
}
