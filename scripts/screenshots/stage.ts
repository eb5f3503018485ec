import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wordsOf } from '../../src/loopback/answers.ts';
import type { Replier, Reply } from '../../src/loopback/model.ts';
import { type AudioServer, startPulseAudio } from '../../test/support/audio.ts';
import { type Desktop, startDesktop, type TestDaemon } from '../../test/support/desktop.ts';
import { run, startProcess, type TestProcess } from '../../test/support/process.ts';
import { startSessionBus, type TestSessionBus } from '../../test/support/session-bus.ts';
import { clip } from '../../test/support/speech.ts';
import { startXServer, type XServer } from '../../test/support/x-server.ts';
import { startXfceNotifyd, type TestXfceNotifyd } from '../../test/support/xfce4-notifyd.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
/** How the user's terminal looks. */
const RESOURCES = fileURLToPath(new URL('xterm.resources', import.meta.url));
/** Codex's own lines. Its default status line shows the whole path of a folder (0.171.0), here a random one. */
export const CODEX_SETTINGS = 'tui.status_line = ["model-with-reasoning", "project-name"]';
/** The wallpaper. */
const GROUND = '#2b3040';

/** Part of the screen, pixels. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const WHOLE: Area = { x: 0, y: 0, width: 1280, height: 800 };

/** The path of a picture of the documentation. */
export function imagePath(name: string): string {
  return `${IMAGES}${name}.png`;
}

/** A project whose tests take a while. */
export async function slowTests(project: string): Promise<void> {
  const scripts = { test: "sleep 4 && echo '48 passed'" };
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'backend', scripts }));
}

/** Speaks a short sentence: only where the engine is known to be quick are words shown while somebody speaks. */
export async function speakBefore({ x, audio, dunst }: Desktop, daemon: TestDaemon): Promise<void> {
  await x.xdotool('key', 'ctrl+alt+space');
  await audio.play(clip('lj-0008').path);
  await daemon.waitForEnd(1);
  await dunst.clear();
}

/** A desktop with dunst, and its wallpaper. */
export async function dunstStage(): Promise<Desktop> {
  const desktop = await startDesktop();
  const env = { ...desktop.env, XENVIRONMENT: RESOURCES };
  await run('xsetroot', ['-solid', GROUND], { env });
  return { ...desktop, env };
}

/** A desktop whose notifications have buttons. */
export interface XfceStage extends AsyncDisposable {
  readonly audio: AudioServer;
  readonly x: XServer;
  readonly bus: TestSessionBus;
  readonly notifyd: TestXfceNotifyd;
  readonly env: NodeJS.ProcessEnv;
}

export async function xfceStage(): Promise<XfceStage> {
  const audio = await startPulseAudio();
  const x = await startXServer({ env: audio.env });
  const bus = await startSessionBus();
  const notifyd = await startXfceNotifyd({ display: x.display, bus });
  const env = { ...x.env, ...bus.env, XENVIRONMENT: RESOURCES };
  await run('xsetroot', ['-solid', GROUND], { env });
  return {
    audio,
    x,
    bus,
    notifyd,
    env,
    async [Symbol.asyncDispose]() {
      await notifyd.stop();
      await bus.stop();
      await x.stop();
      await audio.stop();
    },
  };
}

/** A verb of ours in an xterm, once its window is there. @param geometry columns, rows and place, as xterm takes them */
export async function inTerminal(
  x: XServer,
  env: NodeJS.ProcessEnv,
  geometry: string,
  ...verb: string[]
): Promise<TestProcess> {
  const title = `codex-voice ${verb[0]}`;
  const args = ['-geometry', geometry, '-T', title, '-e', process.execPath, MAIN, ...verb];
  const terminal = await startProcess('xterm', args, { env });
  await x.xdotool('search', '--sync', '--onlyvisible', '--class', 'xterm');
  return terminal;
}

/** Saves part of the screen as a picture of the documentation, in few colours: it is small then. */
export async function take(x: XServer, name: string, { width, height, ...at }: Area): Promise<void> {
  const path = imagePath(name);
  await x.screenshot(path);
  const crop = ['-crop', `${width}x${height}+${at.x}+${at.y}`, '+repage'];
  await run('convert', [path, ...crop, '+dither', '-colors', '128', '-strip', path], { env: x.env });
  process.stdout.write(`${path}\n`);
}

/** Where the newest visible window of this class is, its frame included, with some ground around it. */
export async function areaOf(x: XServer, windowClass: string, margin = 16): Promise<Area> {
  const found = await x.xdotool('search', '--onlyvisible', '--class', windowClass);
  const id = found.split('\n').at(-1) ?? '';
  const geometry = await run('xwininfo', ['-id', id], { env: x.env });
  const extents = await run('xprop', ['-id', id, '_NET_FRAME_EXTENTS'], { env: x.env });
  const [frameLeft = 0, frameRight = 0, frameTop = 0, frameBottom = 0] = (extents.match(/\d+/g) ?? []).map(
    Number,
  );
  const value = (name: string): number => Number(new RegExp(`${name}: +(-?\\d+)`).exec(geometry)?.[1]);
  const left = Math.max(0, value('Absolute upper-left X') - frameLeft - margin);
  const top = Math.max(0, value('Absolute upper-left Y') - frameTop - margin);
  return {
    x: left,
    y: top,
    width: Math.min(WHOLE.width - left, value('Width') + frameLeft + frameRight + 2 * margin),
    height: Math.min(WHOLE.height - top, value('Height') + frameTop + frameBottom + 2 * margin),
  };
}

/** What the scripted model says about the totals. */
export const ANSWER = [
  'The **totals** were off by one: `sum()` skipped the last operand. Three things changed:',
  '',
  '- `totals.ts` takes a list',
  '- two callers pass *all* operands',
  '- a test for the empty list',
  '',
  '```ts',
  'const sum = (all: number[]) =>',
  '  all.reduce((a, b) => a + b, 0);',
  '```',
  '',
  'All 48 tests pass.',
].join('\n');

/** A model that runs the tests slowly or deletes when asked to, and otherwise explains the totals. */
export const scripted: Replier = ({ lastUserText, toolOutput }): Reply => {
  if (toolOutput !== null) return { kind: 'text', chunks: wordsOf(ANSWER), delayMs: 60 };
  if (/clean/i.test(lastUserText)) {
    return {
      kind: 'command',
      command: 'rm -rf build && npm ci',
      justification: 'The build folder is stale.',
    };
  }
  if (/test/i.test(lastUserText)) return { kind: 'command', command: 'npm test' };
  return { kind: 'text', chunks: wordsOf(ANSWER), delayMs: 20 };
};

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
