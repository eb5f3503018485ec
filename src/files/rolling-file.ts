import { appendFileSync, closeSync, fstatSync, openSync, renameSync } from 'node:fs';
import { makePrivateFile } from './private-files.ts';

interface RollingFileOptions {
  /** The file in use, e.g. `.../codex-voice.log`. Older ones are `.../codex-voice.1.log` (the newest) and so on. */
  file: string;
  /** Length at which the next file is begun, bytes. */
  size: number;
  /** Number of older files to keep. */
  old: number;
  /** Called on the first failed write, and again only after a write has succeeded. */
  onError: (error: unknown) => void;
}

/** A private file (0600) for appending, with a limited size. */
export class RollingFile {
  readonly #options: RollingFileOptions;
  /** null: closed. */
  #descriptor: number | null;
  #length: number;
  #failed = false;

  /** Continues an existing file. @throws VoiceError state-unwritable */
  constructor(options: RollingFileOptions) {
    this.#options = options;
    makePrivateFile(options.file);
    const descriptor = openSync(options.file, 'a');
    this.#descriptor = descriptor;
    this.#length = fstatSync(descriptor).size;
  }

  /** Appends synchronously. Does nothing after close. */
  write(text: string): void {
    if (this.#descriptor === null) return;
    try {
      if (this.#length >= this.#options.size) this.#descriptor = this.#turnOver(this.#descriptor);
      appendFileSync(this.#descriptor, text);
      this.#length += Buffer.byteLength(text);
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) this.#options.onError(error);
      this.#failed = true;
    }
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  /** Opens the next file before closing the old one, so that there is always one to write to. */
  #turnOver(last: number): number {
    const { file, old } = this.#options;
    for (let number = old; number > 1; number--)
      moveIfThere(oldName(file, number - 1), oldName(file, number));
    moveIfThere(file, oldName(file, 1));
    const next = openSync(file, 'a', 0o600);
    closeSync(last);
    this.#length = 0;
    return next;
  }
}

/** `x.log` -> `x.1.log` */
function oldName(file: string, number: number): string {
  return file.replace(/(?=\.[^./]*$)/, `.${number}`);
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
