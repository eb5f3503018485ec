import type { Logger } from 'pino';
import type { Driver } from '../../drivers.ts';
import { findProgram, NOT_INSTALLED } from '../../processes/programs.ts';
import { run } from '../../processes/run.ts';
import { type CommandDriver, CommandNotifier } from '../command-notifier.ts';
import { FallbackNotifier } from '../fallback-notifier.ts';
import type { Notifier } from '../notification.ts';
import { ALERTER } from './alerter.ts';
import { findAppNotifier } from './app-notifier.ts';
import { OsaScript } from './osascript.ts';
import { TerminalNotifier } from './terminal-notifier.ts';
import { UserNotifications } from './user-notifications.ts';

interface MacNotifiersOptions {
  /** PATH is read. */
  env: NodeJS.ProcessEnv;
  logger: Logger;
  platform: NodeJS.Platform;
  /** Returns the path of terminal-notifier. */
  vendored: () => string;
  /** Default: this processor. */
  arch?: string;
  /** Default: this program. */
  program?: string;
  /** Default: the one of macOS. */
  codesign?: string;
}

/**
 * The notifications of macOS, the best first. Those of the app itself need a certificate of Apple; should its program
 * keep failing, osascript takes over.
 */
export function macNotifiers(options: MacNotifiersOptions): (Driver & { open(): Promise<Notifier> })[] {
  const { env, logger, platform, vendored, arch = process.arch } = options;
  const { program = process.execPath, codesign } = options;
  const driver = (
    name: string,
    hindrance: () => Promise<string | null>,
    make: () => CommandDriver | Promise<CommandDriver>,
  ) => ({
    name,
    unavailable: async () => (platform === 'darwin' ? hindrance() : NOT_MACOS),
    open: async () => new CommandNotifier(await make(), logger),
  });
  let inApp = '';
  return [
    {
      name: 'usernotifications',
      unavailable: async () => {
        if (platform !== 'darwin') return NOT_MACOS;
        const found = await findAppNotifier(program, codesign);
        if ('reason' in found) return found.reason;
        inApp = found.path;
        return null;
      },
      open: async () => appNotifications(inApp, logger),
    },
    driver(
      'alerter',
      async () => ((await findProgram('alerter', env)) === null ? NOT_INSTALLED : null),
      async () => {
        const path = await findProgram('alerter', env);
        return new TerminalNotifier(() => path ?? 'alerter', ALERTER);
      },
    ),
    driver(
      'terminal-notifier',
      async () => (arch === 'arm64' && !(await runsIntelPrograms()) ? NO_ROSETTA : null),
      () => new TerminalNotifier(vendored),
    ),
    driver(
      'osascript',
      async () => null,
      () => new OsaScript(),
    ),
  ];
}

function appNotifications(path: string, logger: Logger): Notifier {
  return new FallbackNotifier({
    first: (giveUp) => new UserNotifications({ command: [path], logger, giveUp }),
    second: () => new CommandNotifier(new OsaScript(), logger),
    logger,
  });
}

const NOT_MACOS = 'this is not macOS';
const NO_ROSETTA = 'it is built for Intel processors, and Rosetta is not installed';

/** arch(1) of macOS runs a program for another processor. */
async function runsIntelPrograms(): Promise<boolean> {
  return (await run('/usr/bin/arch', ['-x86_64', '/usr/bin/true'])).status === 0;
}
