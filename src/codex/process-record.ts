import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { startTime } from '../processes/start-time.ts';

/** Time limit for a killed process to end, ms. It takes milliseconds, or seconds on a swapping machine. */
const GONE_MS = 5_000;
const LOOK_EVERY_MS = 5;

/**
 * Records a child's process id on disk. A killed daemon leaves its children behind, and the next daemon ends exactly
 * those: the start time distinguishes a child from a later process with the same id.
 */
export class ProcessRecord {
  readonly #path: string;
  readonly #logger: Logger;

  /** @param path of the record */
  constructor(path: string, logger: Logger) {
    this.#path = path;
    this.#logger = logger;
  }

  async write(pid: number): Promise<void> {
    const started = await startTime(pid);
    if (started) await writeFile(this.#path, `${JSON.stringify({ pid, started })}\n`, { mode: 0o600 });
  }

  /** Removes the record. A leftover record is harmless, because its process has ended. */
  async clear(): Promise<void> {
    try {
      await rm(this.#path, { force: true });
    } catch (error) {
      this.#logger.warn({ err: error, path: this.#path }, 'the process record cannot be removed');
    }
  }

  /** Ends the recorded process if it still runs. @returns whether it ran */
  async endOrphan(): Promise<boolean> {
    const note = await this.#read();
    if (!note) return false;
    const runs = (await startTime(note.pid)) === note.started;
    if (runs) {
      this.#logger.warn({ pid: note.pid }, 'ending a Codex process that an earlier daemon left behind');
      await endProcess(note.pid);
    }
    // Only now: if this daemon dies earlier, the next one needs the record.
    await this.clear();
    return runs;
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

/** Kills a process and waits for its end, which frees its sockets and locks. */
export async function endProcess(pid: number): Promise<void> {
  const started = await startTime(pid);
  if (started === null) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return; // It ended by itself.
    throw error;
  }
  const until = performance.now() + GONE_MS;
  while ((await startTime(pid)) === started && performance.now() < until) await delay(LOOK_EVERY_MS);
}
