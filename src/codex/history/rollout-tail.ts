import { open, stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { Logger } from 'pino';
import { unattended } from '../../processes/unattended.ts';

/** Pauses between two looks at the file, during a turn and otherwise. Codex 0.169.0 writes only complete items. */
const BUSY_MS = 50;
const IDLE_MS = 500;

/** Reports each new line of a growing file. Close it with `close`. */
export class RolloutTail {
  readonly path: string;
  readonly #onRow: (row: string) => void;
  readonly #logger: Logger;
  #decoder = new StringDecoder('utf8');
  #offset: number;
  #rest = '';
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> = Promise.resolve();
  #closed = false;
  #busy = false;

  /** @param offset where to begin, bytes */
  constructor(path: string, offset: number, onRow: (row: string) => void, logger: Logger) {
    this.path = path;
    this.#offset = offset;
    this.#onRow = onRow;
    this.#logger = logger;
    this.#plan();
  }

  /** True while new lines are expected soon. */
  set busy(busy: boolean) {
    this.#busy = busy;
    if (busy) this.#plan();
  }

  /** Reads the new lines now. */
  read(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read());
    return this.#reading;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.read().then(() => this.#plan()), this.#busy ? BUSY_MS : IDLE_MS);
  }

  async #read(): Promise<void> {
    try {
      const { size } = await stat(this.path);
      if (this.#closed || size <= this.#offset) return;
      const file = await open(this.path);
      try {
        const { buffer, bytesRead } = await file.read(
          Buffer.alloc(size - this.#offset),
          0,
          size - this.#offset,
          this.#offset,
        );
        this.#offset += bytesRead;
        this.#rows(this.#decoder.write(buffer.subarray(0, bytesRead)));
      } finally {
        await file.close();
      }
    } catch (error) {
      this.#logger.debug({ err: error, path: this.path }, 'the conversation cannot be read just now');
    }
  }

  #rows(text: string): void {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) if (part !== '') this.#row(part);
  }

  /** A line that fails does not affect the others. */
  #row(row: string): void {
    unattended(this.#logger, 'a line of the conversation', () => this.#onRow(row));
  }
}
