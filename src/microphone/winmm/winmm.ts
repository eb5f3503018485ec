import { startWorker } from '../../single-file/worker.ts';
import type { Patience, Recorder, Recording, SourceState } from '../recorder.ts';
import { type CaptureThread, WinmmDriver } from './driver.ts';

/**
 * The microphone of Windows through waveIn (winmm), without another program. A thread of this process waits for
 * recordings; the microphone is open only during one. Verified with Wine 8.0; not run on Windows.
 */
export class WinmmRecorder implements Recorder {
  readonly name = 'winmm';
  readonly debianPackage = null;
  readonly #driver: WinmmDriver | null;

  /** Starts the thread. @param device `default`, or a device by its name or number */
  constructor(device: string) {
    this.#driver = process.platform === 'win32' ? new WinmmDriver(device, startThread) : null;
  }

  get source(): SourceState | null {
    return this.#driver?.source ?? null;
  }

  async unavailable(): Promise<string | null> {
    return this.#driver === null ? 'this is not Windows' : this.#driver.unavailable();
  }

  async open(patience: Patience): Promise<Recording> {
    if (this.#driver === null) throw new Error('this is not Windows');
    return this.#driver.open(patience);
  }

  async close(): Promise<void> {
    await this.#driver?.close();
  }
}

function startThread(): CaptureThread {
  const worker = startWorker('microphone/winmm/worker');
  return {
    onMessage: (listener) => worker.on('message', listener),
    onEnd: (listener) => {
      worker.once('error', listener);
      worker.once('exit', (code) => listener(new Error(`its thread ended with status ${code}`)));
    },
    post: (order) => worker.postMessage(order),
    terminate: () => worker.terminate(),
  };
}
