import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { VoiceError } from '../errors.ts';
import { ownCommand } from '../single-file/child.ts';
import { fail } from './output.ts';

/** When the daemons before this one crashed, ms since 1970, with commas between. */
const CRASHES = 'CODEX_VOICE_CRASHES';
/**
 * After this many crashes within this time, ms, the daemon is not restarted: StartLimitBurst and -IntervalSec of the
 * systemd unit.
 */
const MOST_CRASHES = 5;
const WITHIN_MS = 120_000;
/** Pause before a daemon takes over, ms: the one before it still ends, and what broke it may pass. */
const PAUSE_MS = 1_000;

/** Information about earlier crashes that a daemon inherits. */
interface Crashes {
  /** ms since 1970, oldest first. */
  readonly at: readonly number[];
}

/** Reads the crashes from the environment, and removes them from what children get. */
export function takeCrashes(env: NodeJS.ProcessEnv): Crashes {
  const at = (env[CRASHES] ?? '').split(',').map(Number);
  delete env[CRASHES];
  return { at: at.filter((time) => time > 0) };
}

/** Waits a moment where the daemon before this one crashed. */
export async function pauseAfter({ at }: Crashes): Promise<void> {
  if (at.length > 0) await delay(PAUSE_MS);
}

/**
 * The environment of the daemon that follows one that crashes now.
 * @param now ms since 1970
 * @returns null after too many crashes in a short time
 */
export function successorEnvironment(
  env: NodeJS.ProcessEnv,
  { at }: Crashes,
  now: number,
): NodeJS.ProcessEnv | null {
  const crashes = [...at.filter((time) => now - time < WITHIN_MS && time <= now), now];
  return crashes.length < MOST_CRASHES ? { ...env, [CRASHES]: crashes.join(',') } : null;
}

/** Starts a daemon that follows this one, which crashes: for daemons that no service manager looks after. */
export function startSuccessor(env: NodeJS.ProcessEnv, before: Crashes): void {
  const next = successorEnvironment(env, before, Date.now());
  if (next === null) return;
  startDetached(ownCommand(process.argv.slice(2)), next, fail);
}

/** Starts a daemon that outlives this process. @param failed called when the program does not exist */
export function startDetached(
  { command, args }: { command: string; args: string[] },
  env: NodeJS.ProcessEnv,
  failed: (error: VoiceError) => void,
): void {
  const child = spawn(command, args, { env, detached: true, windowsHide: true, stdio: 'ignore' });
  child.once('error', (cause) => {
    const message = `The next daemon cannot be started: ${cause.message}.`;
    failed(new VoiceError('daemon-failed', message, 'Run `codex-voice start`.', { cause }));
  });
  child.unref();
}
