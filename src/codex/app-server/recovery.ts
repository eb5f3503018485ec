import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type ErrorReport, reportOf } from '../../errors.ts';
import type { Backoff } from '../../processes/backoff.ts';
import { startFailure } from '../errors.ts';
import { MAX_FAILURES } from '../tui/hidden-tui.ts';

const STARTING_AGAIN = 'Codex is restarting.';

export interface Recovery {
  /** Ends the remains of Codex. */
  stop: () => Promise<void>;
  /** Starts Codex in the same conversation. */
  start: () => Promise<void>;
  /** False when the session is no longer needed. */
  wanted: () => boolean;
  backoff: Backoff;
  signal: AbortSignal;
  logger: Logger;
}

/**
 * Restarts Codex with growing pauses until it works (true) or is no longer needed (false).
 * @param reason why it ended
 * @returns a report when it failed too often in a row
 */
export async function startAgain(reason: ErrorReport, recovery: Recovery): Promise<boolean | ErrorReport> {
  const { stop, start, wanted, backoff, signal, logger } = recovery;
  let last = reason;
  for (;;) {
    await stop();
    const pause = backoff.next();
    if (!wanted()) return false;
    if (backoff.failures > MAX_FAILURES) return gaveUp(last);
    try {
      await delay(pause, undefined, { signal });
      await start();
      return true;
    } catch (error) {
      logger.warn({ err: error }, 'Codex could not be started again');
      last = reportOf(startFailure(error));
    }
  }
}

/** Why a session recovers. */
export function serverEnded(lastWords: string): ErrorReport {
  return {
    code: 'codex-down',
    message: `The Codex app-server ended: ${lastWords || 'it left no message'}`,
    hint: STARTING_AGAIN,
  };
}

function gaveUp({ code, message, hint }: ErrorReport): ErrorReport {
  return {
    code,
    message: `Codex failed ${MAX_FAILURES} times in a row. ${message}`,
    hint: hint === STARTING_AGAIN ? 'Run `codex` in a terminal to see why, then say it again.' : hint,
  };
}
