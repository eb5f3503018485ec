import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { messageOf, VoiceError } from '../../errors.ts';
import { findProgram, NOT_INSTALLED } from '../../processes/programs.ts';
import { keyCommand } from '../bindings/client.ts';
import type { Chord, KeyChord } from '../chord.ts';
import type { HotkeyDriver } from '../kept-hotkey.ts';
import { lostReport } from '../lost-report.ts';
import { standingCancel } from '../triggers.ts';
import { type CustomShortcut, GnomeShortcuts } from './shortcuts.ts';

interface GsettingsDriverOptions {
  listen: Chord;
  cancel: Chord;
  /** Of the desktop session: XDG_CURRENT_DESKTOP and what gsettings reads. */
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** Pause between two looks whether another shortcut has the key, ms; 3,000 by default. */
  retryMs?: number;
}

/**
 * The hotkey of a GNOME whose portal has none (before 48): custom shortcuts in its settings, which call the daemon over
 * the session bus. They report no release, and are there as long as the daemon runs. The keys come through `BusKeys`.
 * Verified with gnome-shell and gnome-settings-daemon 43.
 */
export function gsettingsDriver({
  listen,
  cancel,
  env,
  logger,
  retryMs = 3_000,
}: GsettingsDriverOptions): HotkeyDriver {
  const shortcuts = new GnomeShortcuts(env);
  return {
    name: 'gsettings',
    toggleOnly: true,
    lost: (reason) =>
      lostReport(reason, 'the settings of GNOME', 'The key is added again when they can be written.'),
    async unavailable() {
      if (!isGnome(env)) return 'this desktop is not GNOME';
      if ('button' in listen) return 'GNOME binds keys of the keyboard only, no mouse buttons';
      if ((await findProgram('gsettings', env)) === null) return `gsettings: ${NOT_INSTALLED}`;
      return shortcuts.check().then(() => null, messageOf);
    },
    async serve(outlet, signal) {
      if ('button' in listen) throw new Error('GNOME binds no mouse buttons');
      const wanted = await shortcutsFor(listen, cancel, env);
      outlet.named(wanted.map(({ chord }) => chord.text));
      outlet.attach({ setListening: () => undefined });
      try {
        for (let holder = await shortcuts.holderOf(listen); holder !== null; ) {
          outlet.changed(taken(listen, holder));
          await sleep(retryMs, undefined, { signal });
          holder = await shortcuts.holderOf(listen);
        }
        signal.throwIfAborted();
        await shortcuts.add(wanted);
        outlet.changed(null);
        await aborted(signal);
      } finally {
        await shortcuts.remove().catch((error: unknown) => {
          logger.warn(
            { error: messageOf(error) },
            'the shortcuts of codex-voice stay in the settings of GNOME',
          );
        });
      }
      return new Error('closed');
    },
  };
}

/** GNOME, and Budgie, which has its settings. Cinnamon and MATE have other schemas, and X11. */
function isGnome({ XDG_CURRENT_DESKTOP: desktop = '' }: NodeJS.ProcessEnv): boolean {
  return desktop.split(':').includes('GNOME');
}

async function shortcutsFor(
  listen: KeyChord,
  cancel: Chord,
  env: NodeJS.ProcessEnv,
): Promise<CustomShortcut[]> {
  const command = await keyCommand(env);
  return [
    { entry: 'codex-voice', name: 'Speak to Codex', chord: listen, command: command('Toggle') },
    {
      entry: 'codex-voice-cancel',
      name: 'Cancel listening (Codex)',
      chord: standingCancel(listen, cancel),
      command: command('Cancel'),
    },
  ];
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function taken(chord: Chord, holder: string): VoiceError {
  return new VoiceError(
    'hotkey-taken',
    `${chord.text} is taken by ${holder}.`,
    'Change it in Settings, Keyboard, or choose another key under [hotkey] in config.toml.',
  );
}
