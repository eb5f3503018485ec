import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { KeyRef } from '../../macos/carbon.ts';
import { COMMAND } from './lines.ts';

/** Time that Carbon waits for a key, s. Commands are read between two waits. */
const WAIT_S = 0.1;
/** Pause between attempts to get a key that was refused, ms. */
const RETRY_MS = 3_000;
const LISTEN = 1;
const CANCEL = 2;

/**
 * Runs the hot keys in a separate process, because Carbon delivers them on the main thread only, which then cannot
 * do anything else. Prints a line for each event, and ends with its parent.
 * @param args key code and modifiers of the listen key, then those of the cancel key
 * @param library default: Carbon
 */
export async function runHotkeyChild(args: readonly string[], library?: string): Promise<void> {
  const { CarbonKeys } = await import('../../macos/carbon.ts');
  const keys = new CarbonKeys(library);
  const [listenCode = 0, listenModifiers = 0, cancelCode = 0, cancelModifiers = 0] = args.map(Number);
  let commands = '';
  process.stdin.setEncoding('latin1').on('data', (bytes: string) => {
    commands += bytes;
  });
  // The parent has ended.
  process.stdin.once('end', () => {
    commands += COMMAND.quit;
  });
  process.stdin.once('error', () => {
    commands += COMMAND.quit;
  });
  let listen: KeyRef | null = null;
  let cancel: KeyRef | null = null;
  let retryAt = 0;
  for (;;) {
    if (listen === null && performance.now() >= retryAt) {
      const taken = keys.register(listenCode, listenModifiers, LISTEN);
      listen = typeof taken === 'bigint' ? taken : null;
      report(typeof taken === 'bigint' ? 'grabbed' : `refused ${taken.refused}`);
      retryAt = performance.now() + RETRY_MS;
    }
    for (const command of commands) {
      if (command === COMMAND.cancelOn && cancel === null) {
        const taken = keys.register(cancelCode, cancelModifiers, CANCEL);
        cancel = typeof taken === 'bigint' ? taken : null;
        if (typeof taken !== 'bigint') report(`cancel-refused ${taken.refused}`);
      } else if (command !== COMMAND.cancelOn) {
        if (cancel !== null) keys.unregister(cancel);
        cancel = null;
      }
    }
    if (commands.includes(COMMAND.quit)) break;
    commands = '';
    const event = keys.next(WAIT_S);
    if (event?.id === LISTEN) report(event.pressed ? 'press' : 'release');
    else if (event?.id === CANCEL && event.pressed) report('cancel');
    // Node reads stdin here.
    await setImmediate();
  }
  if (listen !== null) keys.unregister(listen);
  process.stdin.destroy();
}

/** Written at once: on macOS, process.stdout writes to a pipe later, when this thread waits again. */
function report(line: string): void {
  writeSync(1, `${line}\n`);
}
