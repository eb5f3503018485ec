import pino from 'pino';
import type { CheckContext } from '../../src/doctor/check.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { parseSettings } from '../../src/settings/load.ts';

/** What a check of doctor is given where no daemon runs. @param config what config.toml says */
export function checkContext(config = '', env: NodeJS.ProcessEnv = {}): CheckContext {
  const loaded = parseSettings(config, '/config.toml');
  return {
    env,
    paths: pathsOf({ HOME: '/home/somebody' }),
    workingDirectory: '/',
    loaded,
    settings: loaded.settings,
    daemon: { state: 'missing', error: null },
    logger: pino({ level: 'silent' }),
  };
}
