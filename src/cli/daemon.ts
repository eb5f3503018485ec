import { runDaemon } from '../daemon/run-daemon.ts';
import { reportOf } from '../errors.ts';
import { AGENT_VARIABLE } from '../peers/agents.ts';
import { takeReadiness } from '../service/notify.ts';
import { ownCommand } from '../single-file/child.ts';
import type { Boot } from '../update/boot.ts';
import { endEarlierSignIn } from './earlier-sign-in.ts';
import { ENDING_SIGNALS } from './ending-signals.ts';
import { isUnderWay } from './interrupted-update.ts';
import { fail } from './output.ts';
import { pauseAfter, startDetached, startSuccessor, takeCrashes } from './successor.ts';

interface DaemonVerbOptions {
  service?: boolean;
  /** No service manager starts it again after a crash. */
  respawn?: boolean;
}

/** Runs in the foreground until it is asked to stop, or gets one of the ENDING_SIGNALS. */
export async function daemon(options: DaemonVerbOptions): Promise<void> {
  const { env } = process;
  // A daemon that Codex was asked to restart is not one of its commands, and neither are the windows it opens.
  delete env[AGENT_VARIABLE];
  const crashes = takeCrashes(env);
  await pauseAfter(crashes);
  if (options.service) await endEarlierSignIn(env);
  const boot = await bootAfterUpdate(env);
  if (boot?.state === 'restored') return beginAnew(env);
  const readiness = takeReadiness(env);
  const stop = new AbortController();
  for (const signal of ENDING_SIGNALS) process.once(signal, () => stop.abort());
  const background = env.CODEX_VOICE_BACKGROUND !== undefined;
  // A crash during the start would only repeat.
  let ready = false;
  try {
    const end = await runDaemon({
      env,
      service: options.service ?? false,
      onReady: async (logger) => {
        boot?.confirm();
        ready = true;
        await readiness.ready(logger);
      },
      onFatal: () => {
        if (ready && (background || options.respawn)) startSuccessor(env, crashes);
      },
      workingDirectory: process.cwd(),
      // The output of a background daemon is not read; its log file has everything. systemd's journal reads it too.
      foreground: options.service ? env.JOURNAL_STREAM !== undefined : !background,
      stop: stop.signal,
    });
    if (end === 'restart') beginAnew(env);
  } catch (error) {
    if (NOT_THE_VERSION.includes(reportOf(error).code)) boot?.retract();
    throw error;
  }
}

/** null: there is nothing to prove. */
async function bootAfterUpdate(env: NodeJS.ProcessEnv): Promise<Boot | null> {
  if (!isUnderWay(env)) return null;
  const { bootOwnDaemon } = await import('./recover-own-update.ts');
  return bootOwnDaemon(env);
}

/** Why a daemon of any version would not start. */
const NOT_THE_VERSION: readonly string[] = ['config-invalid', 'config-unreadable', 'daemon-running'];

/**
 * Replaces this process by the program that is installed now: the process id, the folder, the environment and with them
 * the service or terminal that runs it stay. Windows has no such thing (execve): there another process takes over.
 */
function beginAnew(env: NodeJS.ProcessEnv): void {
  const { command, args } = ownCommand(process.argv.slice(2));
  if (process.execve) process.execve(command, [command, ...args], env);
  startDetached({ command, args }, env, fail);
}
