import type { Logger } from 'pino';
import { allowed } from '../drivers.ts';
import { VoiceError } from '../errors.ts';
import { isWayland } from '../wayland/session.ts';
import { type Chord, parseChord, sameChord } from './chord.ts';
import { hyprlandDriver } from './compositors/hyprland.ts';
import { riverDriver } from './compositors/river.ts';
import { swayDriver } from './compositors/sway.ts';
import { gsettingsDriver } from './gsettings/gsettings.ts';
import type { Hotkey } from './hotkey.ts';
import { type HotkeyDriver, KeptHotkey } from './kept-hotkey.ts';
import { portalDriver } from './portal/portal.ts';
import { x11Driver } from './x11/x11.ts';

/** `[hotkey] backend`. */
type HotkeyBackend = 'auto' | 'sway' | 'hyprland' | 'river' | 'x11' | 'portal' | 'gsettings' | 'none';

export interface HotkeyOptions {
  /** `[hotkey] listen` and `cancel`, e.g. `Ctrl+Alt+Space` and `Escape`. */
  listen: string;
  cancel: string;
  backend: HotkeyBackend;
  /** The environment of the desktop session. */
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** Pause between attempts to get a key that another program holds, ms; 3,000 by default. */
  retryMs?: number;
}

/**
 * The chords of `[hotkey]`, checked; for settings as well.
 * @throws VoiceError `hotkey-invalid`
 */
export function parseChords(listen: string, cancel: string): { listen: Chord; cancel: Chord } {
  const chords = { listen: parseChord(listen), cancel: parseChord(cancel) };
  if (sameChord(chords.listen, chords.cancel)) {
    throw new VoiceError(
      'hotkey-invalid',
      `The listen key and the cancel key are the same, "${chords.listen.text}".`,
      'Give listen and cancel under [hotkey] in config.toml different keys.',
    );
  }
  return chords;
}

/**
 * The hotkey of this desktop: through the driver that is configured, or the first of the list that works here. Its `state`
 * reports what the environment lacks.
 * @throws VoiceError `hotkey-invalid` for settings that can never work
 */
export function openHotkey(options: HotkeyOptions): Hotkey {
  const { backend, logger } = options;
  const chords = parseChords(options.listen, options.cancel);
  const all = { ...options, ...chords };
  const drivers = [
    notOnWayland(x11Driver(all), options),
    swayDriver(all),
    hyprlandDriver(all),
    riverDriver(all),
    portalDriver(all),
    gsettingsDriver(all),
  ];
  return new KeptHotkey(allowed(drivers, backend), [chords.listen.text, chords.cancel.text], logger);
}

/** Xwayland is a display too, whose keys are only those that are pressed in its windows. */
function notOnWayland(
  x11: HotkeyDriver,
  { backend, env, logger }: Pick<HotkeyOptions, 'backend' | 'env' | 'logger'>,
): HotkeyDriver {
  if (!isWayland(env)) return x11;
  if (backend === 'x11')
    logger.warn('under Wayland an X11 hotkey works only while an X11 window has the focus');
  if (backend === 'x11') return x11;
  return {
    ...x11,
    unavailable: async () => 'a Wayland session lets no X11 program take keys from every app',
  };
}
