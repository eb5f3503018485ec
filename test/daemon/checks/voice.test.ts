import { join } from 'node:path';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import type { CheckContext } from '../../../src/daemon/checks/check.ts';
import { checkVoice } from '../../../src/daemon/checks/voice.ts';
import { pathsOf } from '../../../src/platform/paths.ts';
import { parseSettings } from '../../../src/settings/load.ts';
import { fakePrograms } from '../../support/fake-programs.ts';

function context(config: string, env: NodeJS.ProcessEnv): CheckContext {
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

describe('the check of the voice that reads requests', () => {
  it('needs none where spoken answers are off, names it where they are on, and says what to install', async () => {
    await using programs = await fakePrograms({});
    const { env, folder } = programs;
    expect(await checkVoice(context('', env))).toEqual({
      state: 'ok',
      detail: 'off ([approvals] spoken = false, [reply] speak = false)',
    });
    const spoken = context('[approvals]\nspoken = true', env);
    expect(await checkVoice(spoken)).toMatchObject({ state: 'warning', code: 'voice-missing' });
    expect(await checkVoice(context('[reply]\nspeak = true', env))).toMatchObject({ code: 'voice-missing' });
    await programs.set('espeak-ng', 'exit 0');
    expect(await checkVoice(spoken)).toEqual({
      state: 'ok',
      detail: `${join(folder, 'espeak-ng')} reads aloud`,
    });
  });
});
