import { once } from 'node:events';
import type { Logger } from 'pino';
import { startWorker } from '../../single-file/worker.ts';
import type { Chord } from '../chord.ts';
import type { HotkeyDriver } from '../kept-hotkey.ts';
import { lostReport } from '../lost-report.ts';
import { whyNotOnWindows } from './keys.ts';
import type { KeyWorker } from './session.ts';

interface WindowsDriverOptions {
  listen: Chord;
  cancel: Chord;
  logger: Logger;
  /** Pause between attempts to get a key that another program holds, ms; 3,000 by default. */
  retryMs?: number;
}

/**
 * The global hotkey of Windows: RegisterHotKey in a thread of this process, and a low-level mouse hook where a mouse
 * button is configured. Verified with Wine 8.0; not run on Windows.
 */
export function windowsDriver({
  listen,
  cancel,
  logger,
  retryMs = 3_000,
}: WindowsDriverOptions): HotkeyDriver {
  return {
    name: 'windows',
    unavailable: async () => (process.platform === 'win32' ? whyNotOnWindows(listen) : 'this is not Windows'),
    lost: (reason) => lostReport(reason, 'the keyboard', 'The key is grabbed again by itself.'),
    async serve(outlet, signal) {
      const [{ postThreadMessage }, { WindowsSession }] = await Promise.all([
        import('../../win32/user32.ts'),
        import('./session.ts'),
      ]);
      signal.throwIfAborted();
      const worker = startWorker('hotkey/windows/worker', { listen, cancel, retryMs });
      const ended = Promise.race([
        once(worker, 'exit').then(([code]) => new Error(`its thread ended with status ${code}`)),
        once(worker, 'error').then(([error]) => error as Error),
      ]);
      const thread: KeyWorker = {
        onReport: (listener) => worker.on('message', listener),
        post: postThreadMessage,
        terminate: () => void worker.terminate(),
        ended,
      };
      return new WindowsSession({ thread, listen, cancel, outlet, logger }).run(signal);
    },
  };
}
