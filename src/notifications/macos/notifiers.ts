import type { Logger } from 'pino';
import type { Driver } from '../../drivers.ts';
import { findProgram, NOT_INSTALLED } from '../../processes/programs.ts';
import { run } from '../../processes/run.ts';
import { type CommandDriver, CommandNotifier } from '../command-notifier.ts';
import type { Notifier } from '../notification.ts';
import { ALERTER } from './alerter.ts';
import { OsaScript } from './osascript.ts';
import { TerminalNotifier } from './terminal-notifier.ts';

interface MacNotifiersOptions {
  /** PATH is read. */
  env: NodeJS.ProcessEnv;
  logger: Logger;
  platform: NodeJS.Platform;
  /** Returns the path of terminal-notifier. */
  vendored: () => string;
  /** Default: this processor. */
  arch?: string;
}

/**
 * The notifications of macOS, the best first. UserNotifications of the app itself would come before them, but macOS
 * accepts it only with a certificate of Apple.
 */
export function macNotifiers(options: MacNotifiersOptions): (Driver & { open(): Promise<Notifier> })[] {
  const { env, logger, platform, vendored, arch = process.arch } = options;
  const driver = (
    name: string,
    hindrance: () => Promise<string | null>,
    make: () => CommandDriver | Promise<CommandDriver>,
  ) => ({
    name,
    unavailable: async () => (platform === 'darwin' ? hindrance() : 'this is not macOS'),
    open: async () => new CommandNotifier(await make(), logger),
  });
  return [
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

const NO_ROSETTA = 'it is built for Intel processors, and Rosetta is not installed';

/** arch(1) of macOS runs a program for another processor. */
async function runsIntelPrograms(): Promise<boolean> {
  return (await run('/usr/bin/arch', ['-x86_64', '/usr/bin/true'])).status === 0;
}
