import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrayIcon } from '../../src/tray/tray.ts';
import { run, startProcess, type TestProcess, temporaryFolder, waitFor } from './process.ts';
import type { TestSessionBus } from './session-bus.ts';
import type { XServer } from './x-server.ts';
import { xfceProgram } from './xfce4-notifyd.ts';

/** Of each icon: the colour of most of its pixels. */
export const TRAY_COLOURS: Record<TrayIcon, string> = {
  idle: '#566176',
  listening: '#e0353b',
  working: '#2f74e0',
  asks: '#8447d6',
  error: '#f5b301',
  paused: '#98a1b0',
};

export interface Point {
  x: number;
  y: number;
}

/** The real xfce4-panel with nothing but a tray in it. */
export interface TestXfcePanel extends AsyncDisposable {
  /** The middle of all pixels of exactly this colour (`#rrggbb`) in the panel; null: there are too few for an icon. */
  find(colour: string): Promise<Point | null>;
  /** Waits until it is there. */
  waitFor(colour: string): Promise<Point>;
  click(at: Point, button?: 1 | 2 | 3): Promise<void>;
  /** Opens the menu of the icon at this place. */
  openMenu(at: Point): Promise<void>;
  /** Ends as a crash would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const HEIGHT = 32;

/** @param dark a theme with a dark panel */
export async function startXfcePanel(x: XServer, bus: TestSessionBus, dark = true): Promise<TestXfcePanel> {
  const folder = await temporaryFolder('codex-voice-panel-');
  const channels = join(folder.path, 'xfce4', 'xfconf', 'xfce-perchannel-xml');
  await mkdir(channels, { recursive: true });
  await writeFile(join(channels, 'xfce4-panel.xml'), configuration(dark));
  const env: NodeJS.ProcessEnv = {
    ...x.env,
    ...bus.env,
    ...Object.fromEntries(
      ['HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_DATA_HOME'].map((name) => [name, folder.path]),
    ),
    ...(dark ? { GTK_THEME: 'Adwaita:dark' } : { GTK_THEME: 'Adwaita' }),
    GTK_A11Y: 'none',
    NO_AT_BRIDGE: '1',
  };
  const settings = await startProcess(xfceProgram('xfconf/xfconfd'), [], { env });
  await bus.waitForName('org.xfce.Xfconf');
  let panel: TestProcess | null = null;

  const start = async (): Promise<void> => {
    panel = await startProcess('xfce4-panel', ['--disable-wm-check'], { env });
    await bus.waitForName('org.kde.StatusNotifierWatcher');
  };
  const picture = join(folder.path, 'screen.rgb');
  const find = async (colour: string): Promise<Point | null> => {
    // The screen may be half drawn: what is found is looked for again.
    await run('import', ['-window', 'root', '-crop', `1280x${HEIGHT}+0+0`, '-depth', '8', `rgb:${picture}`], {
      env,
    });
    const pixels = await readFile(picture);
    const wanted = Buffer.from(colour.slice(1), 'hex');
    let [count, sumX, sumY] = [0, 0, 0];
    for (let at = 0; at + 2 < pixels.length; at += 3) {
      if (pixels.compare(wanted, 0, 3, at, at + 3) !== 0) continue;
      count += 1;
      sumX += (at / 3) % 1280;
      sumY += Math.floor(at / 3 / 1280);
    }
    return count < 60 ? null : { x: Math.round(sumX / count), y: Math.round(sumY / count) };
  };
  const click = async ({ x: left, y: top }: Point, button = 1): Promise<void> => {
    await x.xdotool('mousemove', `${left}`, `${top}`, 'click', `${button}`);
  };
  const stop = async (): Promise<void> => {
    await panel?.stop();
    await settings.stop();
    await folder.remove();
    await rm(picture, { force: true });
  };
  await start();
  return {
    find,
    waitFor: (colour) => waitFor(`an icon of the colour ${colour}`, () => find(colour), { every: 100 }),
    click,
    async openMenu(at) {
      await click(at, 3);
      await waitFor('the menu', async () => {
        // Its window belongs to the panel and lies below it.
        const found = await x
          .xdotool('search', '--onlyvisible', '--class', 'wrapper|xfce4-panel')
          .catch(() => '');
        return found.split('\n').length > 1;
      });
    },
    async kill() {
      panel?.kill('SIGKILL');
      await panel?.exited;
    },
    start,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function configuration(dark: boolean): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="${dark}"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="${HEIGHT}"/>
      <property name="icon-size" type="uint" value="22"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
`;
}
