import type { FromEngine } from './messages.ts';

/**
 * Makes an engine process end with its parent: Ctrl-C in the parent's terminal is for the parent alone. SIGKILL, since
 * process.exit() would free a model under the native threads that still compute (transcribe-cpp 0.2.3 frees in an exit
 * handler).
 */
export function dieWithParent(): void {
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
  process.on('disconnect', () => {
    if (process.exitCode === undefined) process.kill(process.pid, 'SIGKILL');
  });
}

/** Sends a message to the parent. @param sent called when it is on its way */
export function send(message: FromEngine, sent?: () => void): void {
  // A parent that is gone gets no answer; `disconnect` ends this process.
  process.send?.(message, undefined, undefined, sent);
}
