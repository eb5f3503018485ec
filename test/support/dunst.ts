import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, startProcess, temporaryFolder, waitFor } from './process.ts';
import type { TestSessionBus } from './session-bus.ts';

/** The real dunst on a virtual display. */
export interface TestDunst extends AsyncDisposable {
  readonly pid: number;
  /** Presses a button of the bubble on the screen: opens its menu with a click and takes the line with this label. */
  invoke(label: string): Promise<void>;
  /** Clicks the bubble on the screen with the middle button: its default, or only, action. */
  activate(): Promise<void>;
  /** Clicks the bubble on the screen with the right button: it closes. */
  dismiss(): Promise<void>;
  /** Closes all bubbles: a click hits the middle of what is on the screen. */
  clear(): Promise<void>;
  /** Waits until a bubble is on the screen. */
  visible(): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const mouse = { left: '1', middle: '2', right: '3' };

/**
 * Starts dunst (1.9) with a configuration of its own; it has no buttons, so the menu that a click opens is answered
 * by a script.
 * @param settings more lines of its `[global]` section
 */
export async function startDunst(options: {
  display: string;
  bus: TestSessionBus;
  settings?: string;
}): Promise<TestDunst> {
  const folder = await temporaryFolder('codex-voice-dunst-');
  const env = { ...process.env, ...options.bus.env, DISPLAY: options.display, HOME: folder.path };
  const choice = join(folder.path, 'choice');
  const menu = join(folder.path, 'menu');
  await writeFile(menu, menuScript(folder.path));
  await chmod(menu, 0o700);
  const config = join(folder.path, 'dunstrc');
  await writeFile(config, configuration(menu, options.settings ?? ''));
  const dunst = await startProcess('dunst', ['-config', config], { env });
  await options.bus.waitForName('org.freedesktop.Notifications');

  const windows = async () => {
    const found = await startProcess('xdotool', ['search', '--onlyvisible', '--class', 'Dunst'], { env });
    await found.exited; // it fails when there is none
    return found.stdout().trim().split('\n').filter(Boolean);
  };
  const visible = () => waitFor('a bubble on the screen', async () => (await windows()).at(-1));
  const click = async (button: string) => {
    const window = await visible();
    const geometry = await run('xdotool', ['getwindowgeometry', '--shell', window], { env });
    const value = (name: string) => Number(new RegExp(`^${name}=(-?\\d+)`, 'm').exec(geometry)?.[1]);
    const x = Math.round(value('X') + value('WIDTH') / 2);
    const y = Math.round(value('Y') + value('HEIGHT') / 2);
    await run('xdotool', ['mousemove', `${x}`, `${y}`, 'click', button], { env });
  };
  const stop = async () => {
    await dunst.stop();
    await folder.remove();
  };
  return {
    pid: dunst.pid,
    stop,
    [Symbol.asyncDispose]: stop,
    async clear() {
      await run('dunstctl', ['close-all'], { env });
      await waitFor('an empty screen', async () => (await windows()).length === 0);
    },
    async visible() {
      await visible();
    },
    async invoke(label) {
      await writeFile(choice, `#${label} (`);
      const offered = join(folder.path, 'lines');
      // A bubble that moves or changes under the pointer gets no click: a person clicks again, too.
      for (let left = CLICKS; ; left -= 1) {
        await rm(offered, { force: true });
        await click(mouse.left);
        const lines = await waitFor('the menu of dunst', () => readFile(offered, 'utf8').catch(() => ''), {
          timeout: MENU_MS,
        }).catch(() => '');
        if (lines.includes(`#${label} (`)) return;
        if (left === 0) throw new Error(`no button "${label}" in the menu of dunst: ${lines || 'no menu'}`);
      }
    },
    activate: () => click(mouse.middle),
    dismiss: () => click(mouse.right),
    async kill() {
      dunst.kill('SIGKILL');
      await dunst.exited;
    },
  };
}

/** How often a click is tried again, and how long the menu may take, ms. */
const CLICKS = 5;
const MENU_MS = 10_000;

/** Stands in for dmenu: keeps the lines it is offered and takes the first that begins with the wanted text. */
function menuScript(folder: string): string {
  return `#!/bin/sh
cat > '${folder}/offered'
grep -F -m 1 -e "$(cat '${folder}/choice')" '${folder}/offered'
mv '${folder}/offered' '${folder}/lines'
`;
}

function configuration(menu: string, settings: string): string {
  return `[global]
    width = (240, 380)
    height = 300
    origin = top-right
    offset = 16x16
    font = DejaVu Sans 10
    markup = full
    format = "<b>%s</b>\\n%b"
    word_wrap = yes
    icon_position = left
    max_icon_size = 40
    padding = 10
    horizontal_padding = 12
    frame_width = 1
    corner_radius = 6
    dmenu = ${menu}
    mouse_left_click = context
    mouse_middle_click = do_action
    mouse_right_click = close_current
    history_length = 50
    ${settings}
[urgency_low]
    background = "#22262e"
    foreground = "#aab0bc"
    frame_color = "#3a404c"
    timeout = 10
[urgency_normal]
    background = "#22262e"
    foreground = "#f2f4f8"
    frame_color = "#4c566a"
    timeout = 10
[urgency_critical]
    background = "#3b1f24"
    foreground = "#ffffff"
    frame_color = "#e0566a"
    timeout = 0
`;
}
