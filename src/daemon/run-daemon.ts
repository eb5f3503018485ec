import { sessionEnvironment } from '../desktop-session/environment.ts';
import { openLog } from '../files/log.ts';
import { pathsOf } from '../files/paths.ts';
import { logLastWords } from '../processes/last-words.ts';
import { Daemon } from './daemon.ts';
import type { DaemonEnd, DaemonOptions } from './daemon-options.ts';
import { loadUserSettings } from './user-settings.ts';

/**
 * Runs the daemon until it is stopped.
 * @throws VoiceError config-invalid, daemon-running, state-unwritable, ... when it cannot start
 */
export async function runDaemon(options: DaemonOptions): Promise<DaemonEnd> {
  const log = openLog({
    file: pathsOf(options.env).log,
    foreground: options.foreground,
    level: options.env.CODEX_VOICE_LOG,
  });
  let daemon: Daemon | null = null;
  const caught = logLastWords({
    logger: log.logger,
    stage: () => daemon?.stage ?? 'starting',
    onFatal: () => {
      log.close();
      options.onFatal?.();
    },
  });
  try {
    const settings = await loadUserSettings(options.env);
    const env = options.service ? await sessionEnvironment(options.env, log.logger) : options.env;
    daemon = new Daemon({ ...options, env }, settings, log.logger);
    return await daemon.run();
  } catch (error) {
    log.logger.error({ err: error }, 'the daemon ended');
    throw error;
  } finally {
    caught();
    log.logger.info('stopped');
    log.close();
  }
}
