import { open, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { shortLine } from '../files/log.ts';
import { lineText } from '../text/clean.ts';

/** A log file up to a moment. */
interface LogEnd {
  /** Whole lines, oldest first, as they are in the file. */
  lines: string[];
  /** Start of the next line, bytes. */
  position: number;
}

/** Interval at which a followed log is read, ms. */
const EVERY_MS = 250;
/** Of a log, at most this much is read for its last lines, bytes. */
const TAIL = 1024 * 1024;

/** Reads the last lines of a log; none if it does not exist. */
export async function lastLogLines(file: string, count: number): Promise<LogEnd> {
  const size = await sizeOf(file);
  const from = Math.max(0, size - TAIL);
  const { lines, position } = await wholeLines(file, from, size);
  // The part may begin in the middle of a line.
  if (from > 0) lines.shift();
  return { lines: count === 0 ? [] : lines.slice(-count), position };
}

/** Each line that is added after `position`; goes over to the new file when the log has turned over. */
export async function* followLog(
  file: string,
  position: number,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  let from = position;
  while (!signal.aborted) {
    const size = await sizeOf(file);
    const added = await wholeLines(file, size < from ? 0 : from, size);
    from = added.position;
    yield* added.lines;
    await delay(EVERY_MS, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

/** Formats a line of the log for reading. Foreign lines stay unchanged, without control characters. */
export function readableLine(line: string): string {
  try {
    return shortLine(line).trimEnd();
  } catch {
    return lineText(line); // the rest of a line whose writer was killed
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}

/** The lines between two positions; what is written of the next one is left for later. */
async function wholeLines(file: string, from: number, to: number): Promise<LogEnd> {
  if (to <= from) return { lines: [], position: from };
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(to - from), 0, to - from, from);
    const end = buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1;
    const lines = buffer.toString('utf8', 0, end).split('\n').slice(0, -1);
    return { lines, position: from + end };
  } finally {
    await handle.close();
  }
}
