import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Desktop, startDaemon } from '../../support/desktop.ts';
import { type KWin, startKWin } from '../../support/kwin.ts';
import { startProcess, waitFor } from '../../support/process.ts';
import { clip } from '../../support/speech.ts';
import { type Sway, startSway } from '../../support/sway.ts';
import { KEY } from '../../support/wayland-keys.ts';
import { briefly } from '../answers.ts';
import type { BenchContext } from '../context.ts';
import { type Figure, figure, type SectionReport } from '../figures.ts';
import { Keyboard } from '../instruments.ts';
import { Observer } from '../observer.ts';

/** One short sentence: an utterance without speech leaves no timings. */
const SPOKEN = clip('ar-axb_a0005');
const PRESSES = 20;
/** Of the median, ms. */
const AIM = 30;
const WTYPE = ['-M', 'ctrl', '-M', 'alt', '-k', 'space', '-m', 'alt', '-m', 'ctrl'];
/** Files of the packages without which there is no KWin. */
const KWIN_FILES = ['/usr/bin/kwin_wayland', '/usr/share/xdg-desktop-portal/portals/kde.portal'];

/** A desktop whose keys can be pressed. */
interface Keys {
  /** The name of the desktop and of the driver that it must have. */
  name: string;
  backend: string;
  /** Changes to the environment of the virtual desktop. */
  env: NodeJS.ProcessEnv;
  /** Taps the hotkey. @returns performance.now() when the last of its keys was pressed, ms */
  tap(): Promise<number>;
}

/** From the key that the desktop gets to the first samples: on X11, on sway and on KWin. */
export async function wayland({ desktop, progress }: BenchContext): Promise<SectionReport> {
  const measure = (keys: Keys): Promise<number[]> => pressed(keys, desktop, progress);
  await using keyboard = new Keyboard(desktop);
  const x11 = await measure(onX11(keyboard));
  const figures = [figureOf('X11', x11)];
  const notes = [
    `${PRESSES} presses each, with one before them that does not count; PulseAudio, the same in all`,
    'key: when it is handed to the X server (XTest), to sway (virtual keyboard) or to KWin (fake input) as the last key of the chord',
    'until a client has the report that the daemon listens, plus timing microphone of the journal: the way of the report counts as well',
    'baseline: X11 in the same run',
  ];
  {
    await using sway = await startSway();
    figures.push(figureOf('sway', await measure(onSway(sway)), x11));
  }
  const missing = KWIN_FILES.filter((file) => !existsSync(file));
  if (missing.length === 0) {
    await using kwin = await startKWin();
    figures.push(figureOf('KWin (portal)', await measure(onKWin(kwin)), x11));
  } else {
    notes.push(`KWin was skipped, because these files are missing: ${missing.join(', ')}`);
    progress(notes.at(-1) ?? '');
  }
  return { figures, notes };
}

function figureOf(name: string, values: number[], baseline?: number[]): Figure {
  return figure(`key -> first samples, ${name}`, 'ms', values, { aim: AIM, ...(baseline && { baseline }) });
}

/** Speaks once with each press. @returns the time from each key to the first samples, ms */
async function pressed(keys: Keys, desktop: Desktop, progress: (line: string) => void): Promise<number[]> {
  const env = { ...keys.env, CODEX_VOICE_LOG: 'info' };
  await using daemon = await startDaemon(desktop.env, { reply: briefly, env });
  using observer = await Observer.of(daemon);
  await waitFor('the key', async () => {
    const { state, backend } = (await daemon.status()).hotkey;
    return state === 'grabbed' && backend === keys.backend;
  });
  const values: number[] = [];
  for (let round = 0; round <= PRESSES; round++) {
    const since = performance.now();
    const at = await keys.tap();
    const listens = await observer.next('stage', since, ({ stage }) => stage === 'listening');
    await desktop.audio.play(SPOKEN.path);
    // The second tap ends it: nobody needs to wait for the silence here.
    await keys.tap();
    await observer.settled(since);
    const { payload } = await observer.next('timings', since);
    if (payload.timings.microphone === undefined) throw new Error('the sentence was not heard');
    const value = listens.at - at + payload.timings.microphone;
    if (round > 0) values.push(value);
    progress(`${keys.name} ${round}: ${value.toFixed(1)} ms, microphone ${payload.timings.microphone} ms`);
    // A sound server that nobody records from for a moment is what a person's next press finds.
    await delay(300);
  }
  return values;
}

function onX11(keyboard: Keyboard): Keys {
  return { name: 'X11', backend: 'x11', env: {}, tap: () => keyboard.tap(['ctrl', 'alt'], 'space') };
}

function onSway({ env }: Sway): Keys {
  return {
    name: 'sway',
    backend: 'sway',
    env: { ...session(env), SWAYSOCK: env.SWAYSOCK, XDG_CURRENT_DESKTOP: 'sway' },
    async tap() {
      const wtype = await startProcess('wtype', WTYPE, { env: { ...env, WAYLAND_DEBUG: '1' } });
      await wtype.exited;
      return pressedAt(wtype.stderr());
    },
  };
}

function onKWin({ env, keys }: KWin): Keys {
  const address = env.DBUS_SESSION_BUS_ADDRESS;
  return {
    name: 'KWin',
    backend: 'portal',
    env: {
      ...session(env),
      XDG_CURRENT_DESKTOP: 'KDE',
      DBUS_SESSION_BUS_ADDRESS: address,
      DBUS_SYSTEM_BUS_ADDRESS: address,
    },
    async tap() {
      const modifiers = [KEY.ctrl, KEY.alt];
      for (const code of modifiers) await keys.key(code, true);
      const at = performance.now();
      await keys.key(KEY.space, true);
      for (const code of [KEY.space, ...modifiers]) await keys.key(code, false);
      return at;
    },
  };
}

/** The Wayland session instead of the X server. */
function session({ XDG_RUNTIME_DIR = '', WAYLAND_DISPLAY = '' }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    DISPLAY: undefined,
    XDG_SESSION_TYPE: 'wayland',
    WAYLAND_DISPLAY: join(XDG_RUNTIME_DIR, WAYLAND_DISPLAY),
  };
}

/**
 * When wtype sent the press: performance.now(), ms. libwayland logs the requests with the time in µs, in 32 bits
 * (WAYLAND_DEBUG, 1.21).
 */
function pressedAt(log: string): number {
  const [, ms, us] = /\[ *(\d+)\.(\d{3})\] .*virtual_keyboard_v1[@#]\d+\.key\(\d+, \d+, 1\)/.exec(log) ?? [];
  if (ms === undefined) throw new Error(`wtype pressed no key: ${log.slice(0, 500)}`);
  const now = performance.now();
  const wall = (performance.timeOrigin + now) * 1_000;
  const ago = (((wall - Number(`${ms}${us}`)) % 2 ** 32) + 2 ** 32) % 2 ** 32;
  return now - ago / 1_000;
}
