import { copyFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWav } from './write-wav.ts';

/**
 * The microphone of a daemon on a desktop without sound: what a recording hears is laid into a file before. For tests
 * whose subject is not the sound.
 */
export class RecordedMicrophone {
  /** Lines of config.toml. */
  readonly settings: string;
  readonly #file: string;

  /**
   * @param folder where its file is
   * @param quick as quickly as it can be read; otherwise at the speed at which it was spoken
   */
  constructor(folder: string, { quick = true } = {}) {
    this.#file = join(folder, 'microphone.wav');
    this.settings = `[audio]\nbackend = "file"\ndevice = "${quick ? 'quick:' : ''}${this.#file}"\n`;
  }

  /** The next recordings hear this sound file. */
  async hears(path: string): Promise<void> {
    await copyFile(path, `${this.#file}.next`);
    await rename(`${this.#file}.next`, this.#file);
  }

  /** The next recordings hear nobody. */
  async hearsNobody(): Promise<void> {
    await writeWav(this.#file, new Float32Array(160));
  }
}
