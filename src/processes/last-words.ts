import type { Logger } from 'pino';

/** Exit status after an uncaught error: EX_SOFTWARE of sysexits.h. Service managers count it as a failure. */
export const CRASHED = 70;

/** The used part of `process`. */
export interface EndingProcess {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
  off(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
  exit(status: number): void;
}

interface LastWordsOptions {
  /** Must write each line synchronously. */
  logger: Logger;
  /** Returns the daemon's activity for the log. */
  stage: () => string;
  /** Called once, after the error was logged and before the process ends. */
  onFatal: () => void;
  /** Default: this process. */
  process?: EndingProcess;
}

/**
 * Logs an uncaught exception or rejection as fatal, with the stage, and ends the process with status 70, because the
 * state of the program is unknown then.
 * @returns a function that removes the handlers
 */
export function logLastWords(options: LastWordsOptions): () => void {
  const { logger, stage, onFatal, process: owner = process } = options;
  let ending = false;
  const end = (origin: string, error: unknown): void => {
    if (ending) return; // A second error changes nothing.
    ending = true;
    try {
      const err = error instanceof Error ? error : new Error(`Not an error was thrown: ${String(error)}`);
      logger.fatal({ err, origin, stage: stageOf(stage) }, 'an uncaught error ends the daemon');
      onFatal();
    } finally {
      owner.exit(CRASHED);
    }
  };
  const onException = (error: unknown): void => end('uncaughtException', error);
  const onRejection = (error: unknown): void => end('unhandledRejection', error);
  owner.on('uncaughtException', onException);
  owner.on('unhandledRejection', onRejection);
  return () => {
    owner.off('uncaughtException', onException);
    owner.off('unhandledRejection', onRejection);
  };
}

/** Reading the stage may fail too. */
function stageOf(stage: () => string): string {
  try {
    return stage();
  } catch {
    return 'unknown';
  }
}
