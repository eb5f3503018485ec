import type { Logger } from 'pino';

/**
 * Runs work that nothing waits for, such as a timer's. Its error is logged with the stage instead of ending the daemon.
 * @param stage name of the work, as a noun phrase
 * @param onFailure called after the error was logged; must not throw
 */
export function unattended(
  logger: Logger,
  stage: string,
  work: () => unknown,
  onFailure?: (error: unknown) => void,
): void {
  const failed = (error: unknown): void => {
    logger.error({ err: error, stage }, 'work in the background failed');
    onFailure?.(error);
  };
  try {
    const result = work();
    if (result instanceof Promise) result.catch(failed);
  } catch (error) {
    failed(error);
  }
}
