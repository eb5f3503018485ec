import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { assetPath } from '../single-file/assets.ts';
import { embedded } from '../single-file/embedded.ts';
import { nativePath } from '../single-file/native.ts';
import { CommandNotifier } from './command-notifier.ts';
import { FreedesktopNotifier } from './freedesktop.ts';
import type { Notifier } from './notification.ts';
import { SnoreToast } from './snoretoast.ts';
import { TerminalNotifier } from './terminal-notifier.ts';

export type NotifierBackend = 'terminal-notifier' | 'snoretoast' | 'freedesktop';

/** Which way notifications take on a system, and why not another. */
export interface NotifierChoice {
  backend: NotifierBackend;
  passedOver: { backend: NotifierBackend; reason: string }[];
}

/** In the order in which they are tried; null: it fits. */
const BACKENDS: readonly [backend: NotifierBackend, whyNot: (platform: NodeJS.Platform) => string | null][] =
  [
    ['terminal-notifier', (platform) => (platform === 'darwin' ? null : 'this is not macOS')],
    ['snoretoast', (platform) => (platform === 'win32' ? null : 'this is not Windows')],
    // Whether there is a server on the session bus changes while the program runs: its state tells.
    ['freedesktop', () => null],
  ];

export function chooseNotifier(platform: NodeJS.Platform): NotifierChoice {
  const passedOver: NotifierChoice['passedOver'] = [];
  for (const [backend, whyNot] of BACKENDS) {
    const reason = whyNot(platform);
    if (reason === null) return { backend, passedOver };
    passedOver.push({ backend, reason });
  }
  throw new Error('the last backend fits everywhere');
}

export interface NotifierOptions {
  logger: Logger;
  env: NodeJS.ProcessEnv;
  /** See FreedesktopOptions. */
  trusts: (pid: number) => boolean;
  /** Default: this one's. */
  platform?: NodeJS.Platform;
}

/** The notifications of this system. */
export function openNotifier(options: NotifierOptions): Notifier {
  const { logger, env, trusts, platform = process.platform } = options;
  const { backend, passedOver } = chooseNotifier(platform);
  for (const each of passedOver) logger.debug(each, 'notification backend passed over');
  switch (backend) {
    case 'terminal-notifier':
      return new CommandNotifier(new TerminalNotifier(() => vendorProgram('darwin')), logger);
    case 'snoretoast': {
      const icon = (): string => assetPath('icons/codex-voice.png');
      const application = process.execPath;
      const driver = new SnoreToast({ program: () => vendorProgram('win32'), icon, application });
      return new CommandNotifier(driver, logger);
    }
    case 'freedesktop':
      return new FreedesktopNotifier({ logger, env, trusts });
  }
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
