import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Logger } from 'pino';

/** Tells the service manager how far the daemon is. */
export interface Readiness {
  /** The daemon takes prompts now. Never rejects: what cannot be told is logged. */
  ready(logger: Logger): Promise<void>;
}

/** systemd-notify waits until systemd has read the message; that takes milliseconds, ms. */
const TIMEOUT_MS = 5_000;

/**
 * sd_notify(3) for whoever started this process. Takes NOTIFY_SOCKET out of the environment, as sd_notify's
 * unset_environment does: no child, above all no command of Codex, speaks for the daemon.
 *
 * The message is a datagram on a Unix socket, and Node 24 has none: `systemd-notify`, which comes with every systemd,
 * sends it. It waits for systemd to take the message before it ends (verified with 252), so systemd can still see to
 * which unit the sender belongs.
 */
export function takeReadiness(env: NodeJS.ProcessEnv): Readiness {
  const socket = env.NOTIFY_SOCKET;
  delete env.NOTIFY_SOCKET;
  return {
    async ready(logger) {
      if (!socket) return;
      try {
        await systemdNotify({ ...env, NOTIFY_SOCKET: socket });
        logger.debug('the service manager knows that the daemon is ready');
      } catch (error) {
        logger.warn({ err: error }, 'the service manager could not be told that the daemon is ready');
      }
    },
  };
}

async function systemdNotify(env: NodeJS.ProcessEnv): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const child = spawn('systemd-notify', ['--ready'], { env, stdio: ['ignore', 'ignore', 'pipe'], signal });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(0, 1_000);
  });
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(words.trim() || `systemd-notify ended with ${status}`);
}
