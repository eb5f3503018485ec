import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { pathsOf } from '../files/paths.ts';
import { findProgram } from '../processes/programs.ts';
import { output } from '../processes/run.ts';
import { ownCommand } from '../single-file/child.ts';
import { embedded } from '../single-file/embedded.ts';
import { updateFolder } from './folder.ts';
import { UpdateMemory } from './memory.ts';
import { checkForUpdates, type UpdateCheckOptions, type UpdateReport } from './update-check.ts';

/**
 * The daemon never connects to the internet itself: a proxy in its environment would also affect Codex's loopback
 * connections, and the code for one look a day would stay in memory.
 */

const REPORT = z.object({
  current: z.string(),
  latest: z.string(),
  newer: z.boolean(),
  command: z.string(),
  own: z.boolean(),
});

const MOST_WORDS = 4_000;

/** Looks for new versions as long as the daemon runs; in a checkout, never. */
export async function followUpdates({
  env,
  ...options
}: Omit<UpdateCheckOptions, 'look' | 'install' | 'memory'> & { env: NodeJS.ProcessEnv }): Promise<void> {
  if (!isInstalled()) return;
  const { logger } = options;
  await checkForUpdates({
    ...options,
    look: (signal) => lookInChild(env, signal),
    install: (signal) => installInChild(env, signal),
    memory: new UpdateMemory(updateFolder(pathsOf(env).state), logger),
    logger: logger.child({ part: 'update' }),
  });
}

/** True when the program was installed; false in a checkout. */
function isInstalled(): boolean {
  return embedded() !== null || fileURLToPath(import.meta.url).includes('/node_modules/');
}

/** Runs `update --check`. @throws Error with its last words */
export async function lookInChild(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<UpdateReport> {
  const { command, args } = ownCommand(['update', '--check', '--json']);
  const timeoutMs = Number.POSITIVE_INFINITY;
  return REPORT.parse(JSON.parse(await output(command, args, { env, signal, timeoutMs, background: true })));
}

/**
 * Runs `update` in a process that outlives this one. Resolves when it has ended while this daemon still runs: there was
 * nothing to do. @throws Error with its last words
 */
export async function installInChild(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const { command, args } = await outsideOfTheService(ownCommand(['update', '--background']), env);
  // Through a shell that ends at once, because this process does not know its children after execve.
  const shell = { command: '/bin/sh', args: ['-c', '"$0" "$@" &', command, ...args] };
  const started = process.platform === 'win32' ? { command, args } : shell;
  const child = spawn(started.command, started.args, {
    env,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const words = collected(child.stderr);
  await Promise.race([once(child, 'close'), once(signal, 'abort')]);
  child.stderr.destroy();
  if (!signal.aborted && words() !== '') throw new Error(words());
}

/**
 * systemd ends all processes of a service together, and an update that restores the old version restarts the service.
 * So the update runs in a separate scope.
 */
export async function outsideOfTheService(
  own: { command: string; args: string[] },
  env: NodeJS.ProcessEnv,
): Promise<{ command: string; args: string[] }> {
  const systemdRun = env.INVOCATION_ID ? await findProgram('systemd-run', env) : null;
  if (systemdRun === null) return own;
  const options = ['--user', '--scope', '--quiet', '--collect'];
  return { command: systemdRun, args: [...options, own.command, ...own.args] };
}

/** Collects the end of a process's output. */
function collected(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (part: string) => {
    text = (text + part).slice(-MOST_WORDS);
  });
  return () => text.trim();
}
