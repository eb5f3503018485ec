import { parentPort, workerData } from 'node:worker_threads';
import { openInputQueue } from '../../win32/user32.ts';
import type { Chord } from '../chord.ts';
import { KeyThread } from './thread.ts';

// The thread of windows.ts. It never returns to its event loop, so it is reached through its message queue only.
const { listen, cancel, retryMs } = workerData as { listen: Chord; cancel: Chord; retryMs: number };
new KeyThread({
  queue: openInputQueue(),
  listen,
  cancel,
  retryMs,
  report: (report) => parentPort?.postMessage(report),
  now: () => performance.now(),
}).run();
