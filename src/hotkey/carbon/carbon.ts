import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { VoiceError } from '../../errors.ts';
import { childCommand } from '../../single-file/child.ts';
import { lastLine } from '../../text/clean.ts';
import type { Chord } from '../chord.ts';
import type { HotkeyDriver, HotkeyOutlet } from '../kept-hotkey.ts';
import { lostReport } from '../lost-report.ts';
import { takenError } from '../refused-key.ts';
import { carbonKey } from './keymap.ts';
import { COMMAND } from './lines.ts';

/** eventHotKeyExistsErr of CarbonEvents.h. */
const EXISTS = -9878;
/** eventInternalErr: macOS 15.0 and 15.1 answer so for combinations of Option and Shift alone. */
const INTERNAL = -9868;
/** Time for the process to let its keys go, ms. */
const GRACE_MS = 1_000;
const STDERR_LIMIT = 4_096;

interface CarbonDriverOptions {
  listen: Chord;
  cancel: Chord;
  logger: Logger;
  /** Default: this system. */
  platform?: NodeJS.Platform;
  /** The command of the process with the keys. Default: this program. */
  child?: { command: string; args: string[] };
}

/**
 * The global hotkey of macOS: RegisterEventHotKey, which needs no permission and reports press and release. Its process
 * runs on its own, see child.ts. Written after Apple's headers, and tested with a library that has the same
 * functions; it has not run on a Mac.
 */
export function carbonDriver(options: CarbonDriverOptions): HotkeyDriver {
  const { platform = process.platform } = options;
  return {
    name: 'carbon',
    unavailable: async () => (platform === 'darwin' ? null : 'only macOS has it'),
    lost: (reason) => lostReport(reason, 'the hotkeys of macOS', 'The key is registered again.'),
    serve: (outlet, signal) => serve(options, outlet, signal),
  };
}

async function serve(
  { listen, cancel, logger, child = childCommand('hotkey') }: CarbonDriverOptions,
  outlet: HotkeyOutlet,
  signal: AbortSignal,
): Promise<Error> {
  let codes: number[];
  try {
    codes = [listen, cancel].map(carbonKey).flatMap(({ code, modifiers }) => [code, modifiers]);
  } catch (error) {
    // Only other settings can help, and with them this driver is opened again.
    outlet.changed(error);
    if (!signal.aborted) await once(signal, 'abort');
    return new Error('closed');
  }
  signal.throwIfAborted();
  const running = spawn(child.command, [...child.args, ...codes.map(String)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C in the terminal of the daemon must not end it first.
    detached: true,
  });
  const ended = endOf(running);
  // It may have ended: then `ended` says so.
  running.stdin.on('error', () => undefined);
  const end = (): void => void running.stdin.end(COMMAND.quit);
  signal.addEventListener('abort', end, { once: true });
  let held = false;
  createInterface({ input: running.stdout }).on('line', (line) => {
    const at = performance.now();
    const [what, status] = line.split(' ');
    if (what === 'grabbed') outlet.changed(null);
    else if (what === 'refused') outlet.changed(refusal(listen, Number(status)));
    else if (what === 'cancel-refused') logger.warn({ status }, 'no cancel key: macOS refuses it');
    else if (what === 'cancel') outlet.cancelled(at);
    else if (what === 'press' && !held) {
      held = true;
      outlet.press(at);
    } else if (what === 'release' && held) {
      held = false;
      outlet.release(at);
    }
  });
  outlet.attach({
    setListening: (listening) => {
      if (running.stdin.writable) running.stdin.write(listening ? COMMAND.cancelOn : COMMAND.cancelOff);
    },
  });
  try {
    if (!signal.aborted) await Promise.race([ended, once(signal, 'abort')]);
    if (signal.aborted) await Promise.race([ended, delay(GRACE_MS, undefined, { ref: false })]);
    running.kill('SIGKILL');
    return new Error(await ended);
  } finally {
    signal.removeEventListener('abort', end);
    // A process that died while the key was down reports no release.
    if (held) outlet.release(performance.now());
  }
}

/** Resolves with the last words of a process when it has ended or could not be started. */
function endOf(child: ChildProcess): Promise<string> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_LIMIT);
  });
  const { promise, resolve } = Promise.withResolvers<string>();
  child.once('error', (error) => resolve(error.message));
  child.once('close', (code, signal) =>
    resolve(lastLine(stderr, 200) || `its process ended with ${signal ?? `status ${code}`}`),
  );
  return promise;
}

/** Returns the error for a key that RegisterEventHotKey refuses. @param status OSStatus */
function refusal(chord: Chord, status: number): VoiceError {
  if (status === EXISTS) return takenError(chord, []);
  const why =
    status === INTERNAL ? 'macOS 15.0 and 15.1 take no key with Option or Shift alone' : `error ${status}`;
  return new VoiceError(
    'hotkey-unavailable',
    `macOS does not register ${chord.text} (${why}).`,
    'Choose another key under [hotkey] in config.toml, for example "Ctrl+Alt+Space".',
  );
}
