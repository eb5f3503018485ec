import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import { startTime } from '../processes/start-time.ts';
import type { DaemonGlance, DaemonLink } from './daemon-link.ts';
import type { Steps } from './steps.ts';
import { restoreFiles, type SwitchOptions } from './switch.ts';

/** The service manager of a daemon that runs as a service. */
interface DaemonService {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface RestartOptions extends SwitchOptions {
  link: DaemonLink;
  env: NodeJS.ProcessEnv;
  /** The service whose daemon has this process id; null: the user started it. */
  serviceOf: (pid: number) => Promise<DaemonService | null>;
  logger: Logger;
  /** Time limit for the new daemon to become ready after the old one has ended, ms. Default: 20,000. */
  readyMs?: number;
}

/** A daemon's place in the system, so that one like it can be started. */
interface Place {
  pid: number;
  /** See startTime. */
  started: string | null;
  cwd: string;
  env: NodeJS.ProcessEnv;
  service: DaemonService | null;
}

const READY_MS = 20_000;
/** The old daemon ends its Codex session in good order, ms. */
const LEAVE_MS = 20_000;
/** The old daemon, started again after all, ms. */
const BACK_MS = 30_000;
const LOOK_MS = 200;
const TERM_MS = 5_000;

/**
 * Restarts the daemon with the new program. If the new one is not ready in time, restores and starts the old one.
 * @returns false when the daemon is busy, and nothing has happened
 * @throws VoiceError update-undone: the old version is running again
 */
export async function restartDaemon(
  steps: Steps,
  daemon: DaemonGlance,
  options: RestartOptions,
): Promise<boolean> {
  const place = daemon.pid === null ? null : await placeOf(daemon.pid, options);
  if (!(await options.link.restart())) return false;
  const trouble = await untilReady(steps, place, options);
  if (trouble === null) {
    options.journal.clear();
    return true;
  }
  options.logger.error({ trouble, version: steps.to }, 'the new version is taken back');
  await takeBack(steps, place, trouble, options);
  throw undone(steps, trouble);
}

/** null: the new daemon is ready; otherwise what is wrong with it. */
async function untilReady(
  steps: Steps,
  place: Place | null,
  options: RestartOptions,
): Promise<string | null> {
  const readyMs = options.readyMs ?? READY_MS;
  let oldIsGone = false;
  let late = performance.now() + LEAVE_MS;
  for (;;) {
    const now = await options.link.look();
    if (now?.ready && now.version !== steps.from) return null;
    if (!oldIsGone && now?.version !== steps.from) {
      oldIsGone = true;
      late = performance.now() + readyMs;
    }
    if (oldIsGone && now === null && place !== null && (await hasEnded(place)))
      return 'it ended at its start';
    if (performance.now() > late) {
      return oldIsGone ? `it was not ready within ${readyMs / 1_000} s` : 'the old daemon did not end';
    }
    await delay(LOOK_MS);
  }
}

/** A service manager starts it again under another id; elsewhere the process stays the same through a restart. */
async function hasEnded({ pid, started, service }: Place): Promise<boolean> {
  if (service !== null || process.platform === 'win32') return false;
  return started !== null && (await startTime(pid)) !== started;
}

async function takeBack(
  steps: Steps,
  place: Place | null,
  trouble: string,
  options: RestartOptions,
): Promise<void> {
  // First the file, so that every new daemon works.
  if (!restoreFiles(steps, options)) {
    const hint = 'Install codex-voice again. Your settings and your journal are kept.';
    const message = `codex-voice ${steps.to} does not work (${trouble}), and ${steps.program}.old is gone.`;
    throw new VoiceError('update-undone', message, hint);
  }
  if (place === null) return;
  try {
    if (place.service) {
      await place.service.stop();
      await place.service.start();
    } else {
      await end(place, options.logger);
      await startAgain(steps.program, place);
    }
    await untilBack(steps, options);
  } catch (error) {
    options.logger.error({ err: error }, 'the old daemon could not be started again');
  }
}

async function untilBack({ from }: Steps, { link }: RestartOptions): Promise<void> {
  const late = performance.now() + BACK_MS;
  for (;;) {
    const now = await link.look();
    if (now?.version === from && now.ready) return;
    if (performance.now() > late) throw new Error(`it was not ready within ${BACK_MS / 1_000} s`);
    await delay(LOOK_MS);
  }
}

/** Ends exactly that process: SIGTERM, and SIGKILL when it does not listen. */
async function end({ pid, started }: Place, logger: Logger): Promise<void> {
  const late = performance.now() + TERM_MS;
  const runs = async () => started !== null && (await startTime(pid)) === started;
  if (!(await runs())) return;
  process.kill(pid, 'SIGTERM');
  while (await runs()) {
    if (performance.now() > late) {
      logger.warn({ pid }, 'the new daemon does not end and is killed');
      process.kill(pid, 'SIGKILL');
      return;
    }
    await delay(LOOK_MS);
  }
}

/** As `codex-voice start` does, in the folder and with the environment of the daemon before. */
async function startAgain(program: string, { cwd, env }: Place): Promise<void> {
  const options = {
    cwd,
    env: { ...env, CODEX_VOICE_BACKGROUND: '1' },
    detached: true,
    windowsHide: true,
    stdio: 'ignore',
  } as const;
  const child = spawn(program, ['daemon'], options);
  await once(child, 'spawn');
  child.unref();
}

async function placeOf(pid: number, { env, serviceOf, logger }: RestartOptions): Promise<Place> {
  const service = await serviceOf(pid).catch((error: unknown) => {
    logger.warn({ err: error }, 'the service manager cannot be asked');
    return null;
  });
  const [started, cwd, own] = await Promise.all([startTime(pid), folderOf(pid), environmentOf(pid)]);
  return { pid, started, service, cwd: cwd ?? process.cwd(), env: own ?? env };
}

/** Returns null without /proc. */
async function folderOf(pid: number): Promise<string | null> {
  try {
    return await readlink(`/proc/${pid}/cwd`);
  } catch {
    return null; // The caller's own stands in for it.
  }
}

async function environmentOf(pid: number): Promise<NodeJS.ProcessEnv | null> {
  try {
    const text = await readFile(`/proc/${pid}/environ`, 'utf8');
    const pairs = text.split('\0').filter((pair) => pair.indexOf('=') > 0);
    return Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    );
  } catch {
    return null; // The caller's own stands in for it.
  }
}

function undone({ to, from }: Steps, trouble: string): VoiceError {
  return new VoiceError(
    'update-undone',
    `codex-voice ${to} did not start: ${trouble}. ${from} is running again.`,
    'The log has the details. Try again when there is a later version.',
  );
}
