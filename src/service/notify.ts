import type { Logger } from 'pino';
import { output } from '../processes/run.ts';

/** Tells the service manager how far the daemon is. */
interface Readiness {
  /** Reports that the daemon accepts prompts. Never rejects: a failure is logged. */
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
        const options = { env: { ...env, NOTIFY_SOCKET: socket }, timeoutMs: TIMEOUT_MS };
        await output('systemd-notify', ['--ready'], options);
        logger.debug('the service manager knows that the daemon is ready');
      } catch (error) {
        logger.warn({ err: error }, 'the service manager could not be told that the daemon is ready');
      }
    },
  };
}
