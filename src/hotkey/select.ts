import type { Logger } from 'pino';
import { allowed } from '../drivers.ts';
import { VoiceError } from '../errors.ts';
import { carbonDriver } from './carbon/carbon.ts';
import { type Chord, parseChord, sameChord } from './chord.ts';
import { compositorDrivers } from './compositors/drivers.ts';
import { gsettingsDriver } from './gsettings/gsettings.ts';
import type { Hotkey } from './hotkey.ts';
import { KeptHotkey } from './kept-hotkey.ts';
import { portalDriver } from './portal/portal.ts';
import { windowsDriver } from './windows/windows.ts';
import { x11Driver } from './x11/x11.ts';

/** `[hotkey] backend`. */
type HotkeyBackend =
  | 'auto'
  | 'windows'
  | 'carbon'
  | 'sway'
  | 'hyprland'
  | 'river'
  | 'x11'
  | 'portal'
  | 'gsettings'
  | 'none';

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
  /** Default: this system. */
  platform?: NodeJS.Platform;
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
  const { backend, logger, platform = process.platform } = options;
  const chords = parseChords(options.listen, options.cancel);
  const all = { ...options, ...chords };
  // Elsewhere their reasons would be no news.
  const windows = platform === 'win32' || backend === 'windows' ? [windowsDriver(all)] : [];
  const carbon = platform === 'darwin' || backend === 'carbon' ? [carbonDriver(all)] : [];
  const drivers = [
    ...windows,
    ...carbon,
    x11Driver(all),
    ...compositorDrivers(all),
    portalDriver(all),
    gsettingsDriver(all),
  ];
  return new KeptHotkey(allowed(drivers, backend), [chords.listen.text, chords.cancel.text], logger);
}
