import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { startTime } from '../platform/process-start.ts';

/**
 * A note of a child's process id on disk. A daemon that was killed leaves its children behind; the next one ends
 * exactly those: the start time tells the process from a later one with the same id.
 */
export class ProcessRecord {
  readonly #path: string;
  readonly #logger: Logger;

  /** `path`: the file of the note. */
  constructor(path: string, logger: Logger) {
    this.#path = path;
    this.#logger = logger;
  }

  async write(pid: number): Promise<void> {
    const started = await startTime(pid);
    if (started) await writeFile(this.#path, `${JSON.stringify({ pid, started })}\n`, { mode: 0o600 });
  }

  async clear(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  /** Ends the process of the note if it still runs; true when it did. */
  async endOrphan(): Promise<boolean> {
    const note = await this.#read();
    if (!note) return false;
    await this.clear();
    if ((await startTime(note.pid)) !== note.started) return false;
    this.#logger.warn({ pid: note.pid }, 'ending a Codex process that an earlier daemon left behind');
    process.kill(note.pid, 'SIGKILL');
    return true;
  }

  async #read(): Promise<{ pid: number; started: string } | null> {
    if (!existsSync(this.#path)) return null;
    try {
      const note: unknown = JSON.parse(await readFile(this.#path, 'utf8'));
      if (typeof note !== 'object' || note === null || !('pid' in note) || !('started' in note)) return null;
      const { pid, started } = note;
      return typeof pid === 'number' && pid > 1 && typeof started === 'string' ? { pid, started } : null;
    } catch (error) {
      this.#logger.warn({ err: error, path: this.#path }, 'the process record cannot be read');
      return null;
    }
  }
}
