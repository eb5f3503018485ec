import { getEventListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runDaemon } from '../../src/daemon/run-daemon.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

it('a daemon that cannot start says so in its log, and leaves no listener behind', async () => {
  const folder = temporaryFolder();
  // No socket has so long a path.
  const env = { HOME: folder, PATH: '', XDG_RUNTIME_DIR: join(folder, 'long'.repeat(30)) };
  const stop = new AbortController();
  const handlers = () => [
    process.listenerCount('uncaughtException'),
    process.listenerCount('unhandledRejection'),
  ];
  const before = handlers();
  const running = runDaemon({ env, workingDirectory: folder, foreground: false, stop: stop.signal });
  expect(handlers()).toEqual(before.map((count) => count + 1));
  await expect(running).rejects.toMatchObject({ code: 'state-unwritable' });
  expect(handlers()).toEqual(before);
  expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  expect(readFileSync(pathsOf(env).log, 'utf8')).toContain('"msg":"the daemon ended"');
});
