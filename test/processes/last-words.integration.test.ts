import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { endOrphans } from '../../src/codex/orphans.ts';
import type { DaemonStatus } from '../../src/control/status.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { converse } from '../../src/loopback/answers.ts';
import { writeCodexHome } from '../../src/loopback/codex-home.ts';
import { LoopbackModel } from '../../src/loopback/model.ts';
import { CRASHED } from '../../src/processes/last-words.ts';
import { AutostartService } from '../../src/service/autostart.ts';
import { programRunner } from '../../src/service/run-program.ts';
import { askDaemon, headless, makeHome, NOBODY_SPEAKS, runCli, startDaemon } from '../support/desktop.ts';
import { isAlive, waitFor } from '../support/process.ts';
import { programCommand } from '../support/program.ts';

const NODE_OPTIONS = `--import=${fileURLToPath(new URL('../support/throw.ts', import.meta.url))}`;

interface FatalLine {
  level: number;
  origin: string;
  stage: string;
  err: { message: string; stack: string };
}

/** Runs the command of the entry that a desktop starts. */
async function startAsEntry(env: NodeJS.ProcessEnv): Promise<void> {
  const daemon = { status: async () => null, stop: async () => undefined };
  const service = new AutostartService({ env, platform: 'linux', uid: 0, run: programRunner(env), daemon });
  // Without --service: it would find the desktops of other tests, and take their hotkeys.
  await service.install(programCommand(['daemon']));
  await service.start();
}

/** The fatal lines of the log. */
async function fatalLines(env: NodeJS.ProcessEnv): Promise<FatalLine[]> {
  const lines = (await readFile(pathsOf(env).log, 'utf8')).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as FatalLine).filter(({ level }) => level === 60);
}

it('a daemon ends with its last words in the log; one whose reader is gone does not end for that', async () => {
  await using home = await makeHome();
  await using daemon = await startDaemon(headless(), { home, config: NOBODY_SPEAKS, env: { NODE_OPTIONS } });
  daemon.process.child.stderr?.destroy();
  for (let line = 0; line < 3; line++) await askDaemon(daemon.env, (client) => client.request('reload', {}));
  expect(await askDaemon(daemon.env, (client) => client.request('pause', {}))).toEqual({ stage: 'paused' });
  process.kill(daemon.process.pid, 'SIGUSR2');
  expect(await daemon.process.exited).toBe(CRASHED);
  const err = { message: 'thrown by a test', stack: expect.stringContaining('throw.ts') };
  expect(await fatalLines(daemon.env)).toEqual([
    expect.objectContaining({
      origin: 'uncaughtException',
      stage: 'paused',
      err: expect.objectContaining(err),
    }),
  ]);
  // It ends what the first one left of Codex.
  await using next = await startDaemon(headless(), { home, config: NOBODY_SPEAKS });
  expect(next.process.running).toBe(true);
});

it.each([
  ['of `codex-voice start`', (env: NodeJS.ProcessEnv) => runCli(env, 'start')],
  ['of XDG autostart', (env: NodeJS.ProcessEnv) => startAsEntry(env)],
])('a daemon %s is followed by another after a rejection that nothing handled', async (_, start) => {
  await using home = await makeHome();
  const model = new LoopbackModel(converse);
  await model.start();
  await writeCodexHome(home.codexHome, model.baseUrl);
  await writeFile(home.config, home.settings(NOBODY_SPEAKS));
  const env = { ...headless(), ...home.env, NODE_OPTIONS, TEST_REJECTS: '1' };
  const status = (): Promise<DaemonStatus | null> =>
    askDaemon(env, (client) => client.request('status', {})).catch(() => null);
  try {
    await start(env);
    // One that crashes while it starts is not followed.
    await waitFor('the daemon to be ready', async () =>
      (await readFile(pathsOf(env).log, 'utf8').catch(() => '')).includes('"msg":"ready"'),
    );
    const first = await askDaemon(env, (client) => client.request('status', {}));
    process.kill(first.pid, 'SIGUSR2');
    const second = await waitFor('the next daemon', async () => {
      const now = await status();
      return now !== null && now.pid !== first.pid && now.session.state === 'idle' ? now : null;
    });
    expect(await isAlive(first.pid)).toBe(false);
    expect(await fatalLines(env)).toEqual([
      expect.objectContaining({ origin: 'unhandledRejection', stage: 'idle' }),
    ]);
    expect(second.stage).toBe('idle');
  } finally {
    await runCli(env, 'stop');
    await endOrphans(pathsOf(env).sessions, pino({ level: 'silent' }));
    await model.close();
  }
});
