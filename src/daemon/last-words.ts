import type { Logger } from 'pino';

/** Exit status after an error that nothing caught: EX_SOFTWARE of sysexits.h. Service managers count it as a failure. */
export const CRASHED = 70;

/** The part of `process` that this needs. */
export interface EndingProcess {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
  off(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
  exit(status: number): void;
}

export interface LastWordsOptions {
  /** Writes each line before it returns. */
  logger: Logger;
  /** What the daemon does at this moment, for the log. */
  stage: () => string;
  /** Called once, after the error was logged and before the process ends. */
  onFatal: () => void;
  /** Default: this process. */
  process?: EndingProcess;
}

/**
 * Logs an exception or a rejection that nothing caught as fatal, with the stage, and ends the process with status 70. The
 * state of the program is not known then, so it does not go on.
 * @returns removes the handlers
 */
export function logLastWords(options: LastWordsOptions): () => void {
  const { logger, stage, onFatal, process: owner = process } = options;
  let ending = false;
  const end = (origin: string, error: unknown): void => {
    if (ending) return; // An error while it ends changes nothing.
    ending = true;
    try {
      const err = error instanceof Error ? error : new Error(`Not an error was thrown: ${String(error)}`);
      logger.fatal({ err, origin, stage: stageOf(stage) }, 'an error that nothing caught ends the daemon');
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

/** The stage itself may be what is broken. */
function stageOf(stage: () => string): string {
  try {
    return stage();
  } catch {
    return 'unknown';
  }
}
