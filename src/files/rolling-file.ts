import { appendFileSync, closeSync, fstatSync, openSync, renameSync } from 'node:fs';
import { makePrivateFile } from './private-files.ts';

export interface RollingFileOptions {
  /** e.g. `.../codex-voice.log`, the file in use; older ones are `.../codex-voice.1.log` and so on, 1 the newest. */
  file: string;
  /** A file that has become this long makes room for the next one, bytes. */
  size: number;
  /** How many older ones are kept. */
  old: number;
  /** Something could not be written; not called again until something could. */
  onError: (error: unknown) => void;
}

/** A private file (0600) that lines are added to, and does not grow without end. */
export class RollingFile {
  readonly #options: RollingFileOptions;
  /** null: closed. */
  #descriptor: number | null;
  #length: number;
  #failed = false;

  /** Goes on with the file where there is one. @throws VoiceError state-unwritable */
  constructor(options: RollingFileOptions) {
    this.#options = options;
    makePrivateFile(options.file);
    const descriptor = openSync(options.file, 'a');
    this.#descriptor = descriptor;
    this.#length = fstatSync(descriptor).size;
  }

  /** Adds to the file before it returns; does nothing once it is closed. */
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

  /** The next file is opened before the old one is let go: whatever fails, there is one to write to. */
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
