import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { type Driver, openFirst } from '../drivers.ts';
import { assetPath } from '../single-file/assets.ts';
import { embedded } from '../single-file/embedded.ts';
import { nativePath } from '../single-file/native.ts';
import { BalloonNotifier } from './balloon.ts';
import { CommandNotifier } from './command-notifier.ts';
import { FallbackNotifier } from './fallback-notifier.ts';
import { FreedesktopNotifier } from './freedesktop.ts';
import type { Notifier } from './notification.ts';
import { SnoreToast } from './snoretoast.ts';
import { removeStaleEntry } from './snoretoast-entry.ts';
import { TerminalNotifier } from './terminal-notifier.ts';

interface NotifierOptions {
  logger: Logger;
  env: NodeJS.ProcessEnv;
  /** See FreedesktopOptions. */
  trusts: (pid: number) => boolean;
  /** Default: the current platform. */
  platform?: NodeJS.Platform;
}

interface NotifierDriver extends Driver {
  open(): Notifier;
}

/** Opens the notifications of this system. */
export async function openNotifier(options: NotifierOptions): Promise<Notifier> {
  const { logger, env, trusts, platform = process.platform } = options;
  const only = (wanted: NodeJS.Platform, system: string) => async () =>
    platform === wanted ? null : `this is not ${system}`;
  const drivers: readonly NotifierDriver[] = [
    {
      name: 'terminal-notifier',
      unavailable: only('darwin', 'macOS'),
      open: () => new CommandNotifier(new TerminalNotifier(() => vendorProgram('darwin')), logger),
    },
    {
      name: 'snoretoast',
      unavailable: only('win32', 'Windows'),
      open: () =>
        new FallbackNotifier({
          first: (giveUp) => new CommandNotifier(snoreToast(env), logger, giveUp),
          second: (reason) =>
            new BalloonNotifier({
              open: async (onEvent) => {
                const { openBalloonIcon } = await import('../win32/balloon.ts');
                return openBalloonIcon(assetPath('tray/idle.ico'), onEvent);
              },
              because: `Windows toasts do not work here (${reason})`,
              logger,
            }),
          logger,
        }),
    },
  ];
  const { opened, passedOver } = await openFirst(drivers, (driver) => driver.open());
  for (const each of passedOver) logger.debug(each, 'notification backend passed over');
  // Whether a server is on the session bus changes while the program runs; the notifier's state reports it.
  return opened ?? new FreedesktopNotifier({ logger, env, trusts });
}

function snoreToast(env: NodeJS.ProcessEnv): SnoreToast {
  return new SnoreToast({
    program: () => vendorProgram('win32'),
    icon: () => assetPath('icons/codex-voice.png'),
    application: process.execPath,
    beforeInstall: (program, name) => removeStaleEntry(program, name, env),
  });
}

/** Paths within `vendor` of node-notifier 10.0.1, and within the group of the single file. */
const PROGRAMS = {
  darwin: ['mac.noindex', 'terminal-notifier.app/Contents/MacOS/terminal-notifier'],
  // Windows on ARM runs it as well.
  win32: ['snoreToast', 'snoretoast-x64.exe'],
} as const;

/** @throws VoiceError cache-unusable, program-damaged, not-built; Error when node-notifier is not installed */
export function vendorProgram(platform: keyof typeof PROGRAMS): string {
  const [folder, file] = PROGRAMS[platform];
  if (embedded() !== null) return nativePath('node-notifier', file);
  const manifest = createRequire(import.meta.url).resolve('node-notifier/package.json');
  return join(dirname(manifest), 'vendor', folder, file);
}
