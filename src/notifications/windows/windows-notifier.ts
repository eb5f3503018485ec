import type { Logger } from 'pino';
import { assetPath } from '../../single-file/assets.ts';
import { CommandNotifier } from '../command-notifier.ts';
import { FallbackNotifier } from '../fallback-notifier.ts';
import type { Notifier } from '../notification.ts';
import { BalloonNotifier } from './balloon.ts';
import { SnoreToast } from './snoretoast.ts';
import { removeStaleEntry } from './snoretoast-entry.ts';

interface WindowsNotifierOptions {
  /** Returns the path of SnoreToast when it is first needed. */
  program: () => string;
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

/** Opens the notifications of Windows: toasts, or balloons where SnoreToast cannot show toasts. */
export function windowsNotifier({ program, env, logger }: WindowsNotifierOptions): Notifier {
  const toasts = new SnoreToast({
    program,
    icon: () => assetPath('icons/codex-voice.png'),
    application: process.execPath,
    beforeInstall: (path, name) => removeStaleEntry(path, name, env),
  });
  return new FallbackNotifier({
    first: (giveUp) => new CommandNotifier(toasts, logger, giveUp),
    second: (reason) =>
      new BalloonNotifier({
        open: async (onEvent) => {
          const { openBalloonIcon } = await import('../../win32/balloon.ts');
          return openBalloonIcon(assetPath('tray/idle.ico'), onEvent);
        },
        because: `toasts do not work here (${reason})`,
        logger,
      }),
    logger,
  });
}
