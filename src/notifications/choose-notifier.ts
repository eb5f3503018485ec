import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { type Driver, openFirst } from '../drivers.ts';
import { embedded } from '../single-file/embedded.ts';
import { nativePath } from '../single-file/native.ts';
import { FreedesktopNotifier } from './freedesktop.ts';
import type { Notifier } from './notification.ts';

interface NotifierOptions {
  logger: Logger;
  env: NodeJS.ProcessEnv;
  /** See FreedesktopOptions. */
  trusts: (pid: number) => boolean;
  /** Default: the current platform. */
  platform?: NodeJS.Platform;
}

interface NotifierDriver extends Driver {
  open(): Notifier | Promise<Notifier>;
}

/** Opens the notifications of this system. */
export async function openNotifier(options: NotifierOptions): Promise<Notifier> {
  const { logger, env, trusts } = options;
  const { opened, passedOver } = await openFirst(await driversOf(options), (driver) => driver.open());
  for (const each of passedOver) logger.debug(each, 'notification backend passed over');
  // Whether a server is on the session bus changes while the program runs; the notifier's state reports it.
  return opened ?? new FreedesktopNotifier({ logger, env, trusts });
}

/** Returns the drivers of macOS or Windows, which no other system has to load. */
async function driversOf(options: NotifierOptions): Promise<readonly NotifierDriver[]> {
  const { logger, env, platform = process.platform } = options;
  if (platform === 'darwin') {
    const { macNotifiers } = await import('./macos/notifiers.ts');
    return macNotifiers({ env, logger, platform, vendored: () => vendorProgram('darwin') });
  }
  if (platform !== 'win32') return [];
  const { windowsNotifier } = await import('./windows/windows-notifier.ts');
  const open = (): Notifier => windowsNotifier({ program: () => vendorProgram('win32'), env, logger });
  return [{ name: 'snoretoast', unavailable: async () => null, open }];
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
