import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';
import { reasonOf, request } from './network.ts';
import { orDiskFull } from './space.ts';
import { damaged, type Subject, tooLong, unreachable } from './subject.ts';

/** Size and hash of a file. */
export interface Pinned {
  /** bytes */
  size: number;
  /** SHA-256, lower-case hex. */
  sha256: string;
}

export interface DownloadOptions {
  /** The kind of file, for errors. */
  subject: Subject;
  url: string;
  /** Path of the file. The part from an earlier try is kept. */
  file: string;
  piece: Pinned;
  signal: AbortSignal;
  /** Bytes so far, of `piece.size`. */
  onProgress?: (bytes: number) => void;
  logger: Logger;
  /** Time without data after which a connection is given up, ms. Default: 30,000. */
  stallMs?: number;
  /** Pause before the second try, ms; doubled for each further one. Default 1,000. */
  retryMs?: number;
}

const STALL_MS = 30_000;
const RETRY_MS = 1_000;
/** Tries in a row that bring nothing new. */
const TRIES = 5;
const READ_BYTES = 1024 * 1024;

/**
 * Downloads a file of known size and hash, resuming an earlier try, also of another process. After a failure, the part
 * is kept for the next time, unless its content is wrong or the disk is full.
 * @throws VoiceError update-unreachable, update-damaged (or model-unreachable, model-corrupt), disk-full; AbortError
 */
export async function download(options: DownloadOptions): Promise<void> {
  try {
    const resumed = await fill(options);
    if (await isRight(options)) return;
    if (resumed) {
      options.logger.info(
        { url: options.url },
        'what was left of an earlier download is not right; once more',
      );
      await rm(options.file, { force: true });
      await fill(options);
      if (await isRight(options)) return;
    }
    await rm(options.file, { force: true });
    throw damaged(options.subject, options.url);
  } catch (error) {
    const translated = orDiskFull(options.subject, error, dirname(options.file));
    if (translated !== error) await rm(options.file, { force: true });
    throw translated;
  }
}

/** Until the file has its size; true when its beginning was there before. */
async function fill(options: DownloadOptions): Promise<boolean> {
  const { file, piece, signal, subject, url, logger } = options;
  await using handle = await open(file, 'a+', 0o600);
  let have = (await handle.stat()).size;
  const resumed = have > 0;
  if (have > piece.size) {
    await handle.truncate(0);
    have = 0;
  }
  let best = have;
  for (let left = TRIES; have < piece.size; ) {
    try {
      await fetchRest(options, handle, have);
      have = (await handle.stat()).size;
      if (have < piece.size) throw unreachable(subject, url, `it ends after ${have} of ${piece.size} bytes`);
    } catch (error) {
      signal.throwIfAborted();
      have = (await handle.stat()).size;
      left = have > best ? TRIES - 1 : left - 1;
      best = Math.max(best, have);
      if (left === 0 || !isPassing(error, subject)) throw error;
      logger.info({ err: error, have, of: piece.size }, 'the download broke off and goes on');
      await delay((options.retryMs ?? RETRY_MS) * 2 ** (TRIES - 1 - left), undefined, { signal });
    }
  }
  await handle.sync();
  return resumed;
}

/** True when another try may succeed. */
function isPassing(error: unknown, subject: Subject): boolean {
  return (
    error instanceof VoiceError && error.code === `${subject}-unreachable` && !(error.cause instanceof Final)
  );
}

/** The host's last word. */
class Final extends Error {}

/** Appends the data from this offset on, up to the size of the file. */
async function fetchRest(options: DownloadOptions, handle: FileHandle, from: number): Promise<void> {
  const { url, piece, signal, onProgress, subject, stallMs = STALL_MS } = options;
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(), stallMs);
  const either = AbortSignal.any([signal, stalled.signal]);
  try {
    const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
    const response = await request(url, { subject, headers, signal: either });
    let at = await startOf(response, options, from, handle);
    for await (const block of response.body ?? []) {
      timer.refresh();
      if (at + block.length > piece.size) throw tooLong(subject, url, piece.size);
      await handle.appendFile(block);
      at += block.length;
      onProgress?.(at);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (stalled.signal.aborted)
      throw unreachable(subject, url, `nothing came for ${stallMs / 1_000} s`, error);
    // A connection that breaks is fetch's business, and a TypeError; a file that cannot be written is not.
    throw error instanceof TypeError ? unreachable(subject, url, reasonOf(error), error) : error;
  } finally {
    clearTimeout(timer);
    stalled.abort();
  }
}

/** The offset at which the answer begins; a host that does not know ranges begins at the beginning. */
async function startOf(
  response: Response,
  { subject, url }: DownloadOptions,
  from: number,
  handle: FileHandle,
): Promise<number> {
  const { status } = response;
  const [, start] = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '') ?? [];
  if (status === 206 && Number(start) === from) return from;
  if (status === 200 || status === 206 || status === 416) {
    await handle.truncate(0);
    if (status === 200) return 0;
    throw unreachable(subject, url, 'the host sends another part than the one that was asked for');
  }
  const reason = `the host answered ${status}`;
  throw unreachable(subject, url, reason, status >= 500 || status === 429 ? undefined : new Final(reason));
}

async function isRight({ file, piece }: DownloadOptions): Promise<boolean> {
  return (await hashOf(file)) === piece.sha256;
}

/** SHA-256 of a file, hex. */
export async function hashOf(file: string): Promise<string> {
  const hash: Hash = createHash('sha256');
  await using handle = await open(file);
  for await (const block of handle.createReadStream({ highWaterMark: READ_BYTES, autoClose: false })) {
    hash.update(block as Buffer);
  }
  return hash.digest('hex');
}
