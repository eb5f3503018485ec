import pino from 'pino';
import { expect, it } from 'vitest';
import type { DaemonStatus } from '../../src/control/status.ts';
import { checkHotkey } from '../../src/doctor/hotkey.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { parseSettings } from '../../src/settings/load.ts';

it('says of a daemon that is paused why its key does nothing', async () => {
  const loaded = parseSettings('', '/config.toml');
  const hotkey = { backend: 'none', keys: ['Ctrl+Alt+Space', 'Escape'], state: 'off' } as const;
  const finding = (stage: DaemonStatus['stage']) =>
    checkHotkey(
      {
        env: {},
        paths: pathsOf({ HOME: '/home/somebody' }),
        workingDirectory: '/',
        loaded,
        settings: loaded.settings,
        daemon: { state: 'running', status: { stage, hotkey } as unknown as DaemonStatus, settings: loaded },
        logger: pino({ level: 'silent' }),
      },
      new AbortController().signal,
    );
  expect(await finding('paused')).toMatchObject({
    state: 'warning',
    hint: expect.stringContaining('unpause'),
  });
  expect(await finding('idle')).toMatchObject({ state: 'ok' });
});
