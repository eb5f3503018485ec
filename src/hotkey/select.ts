import type { Logger } from 'pino';
import { reportOf, VoiceError } from '../errors.ts';
import { type Chord, parseChord, sameChord } from './chord.ts';
import type { Hotkey } from './hotkey.ts';
import { noHotkey } from './none.ts';
import { X11Hotkey } from './x11.ts';

/** `[hotkey] backend`. */
export type HotkeyBackend = 'auto' | 'x11' | 'portal' | 'uiohook' | 'none';

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

/** A driver that is not used, and why. */
export interface PassedOver {
  backend: HotkeyBackend;
  reason: string;
}

/** What `[hotkey] backend` comes to on this desktop. */
export interface HotkeyChoice {
  backend: 'x11' | 'none';
  passedOver: PassedOver[];
}

/**
 * The driver for this environment: what is configured, or the first of the list that works here.
 * @throws VoiceError `not-built` for a driver that does not exist yet
 */
export function chooseBackend(backend: HotkeyBackend, env: NodeJS.ProcessEnv): HotkeyChoice {
  switch (backend) {
    case 'x11':
    case 'none':
      return { backend, passedOver: [] };
    case 'portal':
    case 'uiohook':
      throw new VoiceError(
        'not-built',
        `The hotkey backend "${backend}" is not available in this version.`,
        'Set backend under [hotkey] to "auto", "x11" or "none"; with "none", bind a key of the desktop to `codex-voice toggle`.',
      );
    case 'auto': {
      const reason = whyNotX11(env);
      if (reason === null) return { backend: 'x11', passedOver: [] };
      return { backend: 'none', passedOver: [{ backend: 'x11', reason }] };
    }
  }
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
 * The hotkey of this desktop. Its `state` reports what the environment lacks; nothing is thrown.
 * @throws VoiceError `hotkey-invalid`, `not-built` for settings that can never work
 */
export function openHotkey(options: HotkeyOptions): Hotkey {
  const { env, logger, retryMs } = options;
  const chords = parseChords(options.listen, options.cancel);
  const keys = [chords.listen.text, chords.cancel.text];
  const choice = chooseBackend(options.backend, env);
  for (const { backend, reason } of choice.passedOver) {
    logger.info({ backend, reason }, 'hotkey backend passed over');
  }
  if (choice.backend === 'x11') {
    if (isWayland(env))
      logger.warn('under Wayland an X11 hotkey works only while an X11 window has the focus');
    if (!env.DISPLAY) return noHotkey('x11', keys, unavailable([{ backend: 'x11', reason: NO_DISPLAY }]));
    return new X11Hotkey({ ...chords, env, logger, ...(retryMs === undefined ? {} : { retryMs }) });
  }
  return noHotkey('none', keys, choice.passedOver.length > 0 ? unavailable(choice.passedOver) : undefined);
}

const NO_DISPLAY = 'there is no X display (DISPLAY is not set)';

function whyNotX11(env: NodeJS.ProcessEnv): string | null {
  if (isWayland(env)) return 'a Wayland session lets no X11 program take keys from every app';
  return env.DISPLAY ? null : NO_DISPLAY;
}

function isWayland(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env.WAYLAND_DISPLAY) || env.XDG_SESSION_TYPE === 'wayland';
}

function unavailable(passedOver: PassedOver[]): ReturnType<typeof reportOf> {
  const why = passedOver.map(({ backend, reason }) => `${backend}: ${reason}`).join('; ');
  return reportOf(
    new VoiceError(
      'hotkey-unavailable',
      `No global hotkey is available here. ${why}.`,
      'Bind a key of the desktop or compositor to `codex-voice toggle`.',
    ),
  );
}
