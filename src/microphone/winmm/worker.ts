import { parentPort } from 'node:worker_threads';
import { microphoneDenied } from '../../win32/consent.ts';
import { openWaveInputs } from '../../win32/winmm.ts';
import { Capture, type CaptureReport } from './capture.ts';

/** What the thread is asked to do. */
export type CaptureOrder = { type: 'start'; id: number; device: string } | { type: 'stop'; id: number };

/** What the thread says: what belongs to a recording has its number. */
export type CaptureMessage =
  | { type: 'ready'; names: string[]; preferred: number | null; denied: boolean }
  | { type: 'report'; id: number; report: CaptureReport }
  | { type: 'ended'; id: number };

/** How often the buffers of the device are looked at, ms. */
const TICK_MS = 10;

// The thread of driver.ts. It stays between recordings, so that a key press starts nothing.
const inputs = openWaveInputs();
let running: { id: number; capture: Capture; timer: NodeJS.Timeout } | null = null;

function say(message: CaptureMessage): void {
  parentPort?.postMessage(message);
}

function start(id: number, device: string): void {
  const report = (each: CaptureReport): void => say({ type: 'report', id, report: each });
  const capture = new Capture({
    inputs,
    device,
    isDenied: microphoneDenied,
    report,
    now: () => performance.now(),
  });
  running = { id, capture, timer: setInterval(() => capture.tick(), TICK_MS) };
}

function stop(id: number): void {
  if (running?.id === id) {
    clearInterval(running.timer);
    running.capture.end();
    running = null;
  }
  say({ type: 'ended', id });
}

parentPort?.on('message', (order: CaptureOrder) => {
  if (order.type === 'stop') return stop(order.id);
  if (running !== null) stop(running.id);
  start(order.id, order.device);
});
say({ type: 'ready', names: inputs.names(), preferred: inputs.preferred(), denied: microphoneDenied() });
