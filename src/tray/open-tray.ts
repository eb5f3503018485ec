import type { Logger } from 'pino';
import { noTray } from './none.ts';
import { StatusNotifierTray } from './status-notifier.ts';
import { SystrayProcess } from './systray.ts';
import type { Tray, TrayEvent, TrayView } from './tray.ts';

interface TrayOptions {
  /** `[tray] enabled`. */
  enabled: boolean;
  env: NodeJS.ProcessEnv;
  onEvent: (event: TrayEvent) => void;
  /** See StatusNotifierOptions. */
  trusts: (pid: number) => boolean;
  logger: Logger;
  /** Default: this machine's. */
  platform?: NodeJS.Platform;
}

/** The tray of this machine. It comes up in the background. */
export function openTray(view: TrayView, options: TrayOptions): Tray {
  const { enabled, platform = process.platform } = options;
  if (!enabled) return noTray();
  if (platform === 'darwin' || platform === 'win32')
    return new SystrayProcess(view, { ...options, platform });
  return new StatusNotifierTray(view, options);
}
