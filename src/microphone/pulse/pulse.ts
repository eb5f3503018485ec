import { messageOf } from '../../errors.ts';
import type { Patience, Recorder, Recording, SourceState } from '../recorder.ts';
import type { PulseDriver, PulseOptions } from './driver.ts';

/**
 * PulseAudio, and PipeWire through pipewire-pulse, without another program. The connection stays open, so that a
 * recording begins within milliseconds. The microphone is open only during a recording.
 */
export class PulseRecorder implements Recorder {
  readonly name = 'pulse';
  readonly debianPackage = null;
  readonly #loading: Promise<PulseDriver>;
  #driver: PulseDriver | null = null;

  /** Begins to connect. */
  constructor(options: PulseOptions) {
    this.#loading = this.#load(options);
    // The next recording reports the error.
    this.#loading.catch(() => undefined);
  }

  get source(): SourceState | null {
    return this.#driver?.source ?? null;
  }

  async unavailable(): Promise<string | null> {
    try {
      return await (await this.#loading).unavailable();
    } catch (error) {
      return `its driver does not load: ${messageOf(error)}`;
    }
  }

  async open(patience: Patience): Promise<Recording> {
    return (await this.#loading).open(patience);
  }

  async close(): Promise<void> {
    await (await this.#loading.catch(() => null))?.close();
  }

  /** `pulseaudio.js` 1.3.4 cannot even be imported on Windows: it asks for a user id. */
  async #load(options: PulseOptions): Promise<PulseDriver> {
    const driver = await import('./driver.ts');
    this.#driver = new driver.PulseDriver(options);
    return this.#driver;
  }
}
