import { rename, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Logger } from 'pino';
import { download, type Pinned } from '../download/download.ts';
import { request } from '../download/network.ts';
import { requireSpace } from '../download/space.ts';
import { unreachable } from '../download/subject.ts';
import { VoiceError } from '../errors.ts';
import { lockFile } from '../files/file-lock.ts';
import { makePrivateFolder } from '../files/private-files.ts';
import { PUBLISHED_AT, type PublishedModel } from './catalogue.ts';
import { verifyModel } from './verify.ts';

/** A model file that can be downloaded. */
export interface ModelSource extends Pinned {
  url: string;
  /** The name of the file that it becomes. */
  file: string;
}

export interface GetOptions {
  /** Folder of downloaded models; created if missing. */
  folder: string;
  signal: AbortSignal;
  /** Bytes so far, of `source.size`. */
  onProgress?: (bytes: number) => void;
  logger: Logger;
  /** See DownloadOptions; ms. */
  stallMs?: number;
  retryMs?: number;
}

/** Returns the source of a catalogue model. @param mirror an address with the same files; "": the publisher's */
export function sourceOf({ file, bytes, sha256 }: PublishedModel, mirror: string): ModelSource {
  return { url: `${(mirror || PUBLISHED_AT).replace(/\/+$/, '')}/${file}`, file, size: bytes, sha256 };
}

/** Time limit for a host to report the size of a file, ms. */
const SIZE_MS = 30_000;

/**
 * A model of any address; its hash must be known, since a model is a program for the engine.
 * @throws VoiceError usage, model-unreachable; AbortError
 */
export async function sourceAt(address: string, sha256: string, signal: AbortSignal): Promise<ModelSource> {
  const url = URL.parse(address);
  const file = url ? basename(decodeURIComponent(url.pathname)) : '';
  if (!url || !/^https?:$/.test(url.protocol) || !/^[\w][\w.+-]*\.(bin|gguf)$/.test(file)) {
    const hint = 'Give an http(s) address of a file whose name ends in .bin or .gguf.';
    throw new VoiceError('usage', `${address} is not the address of a Whisper model.`, hint);
  }
  const either = AbortSignal.any([signal, AbortSignal.timeout(SIZE_MS)]);
  const response = await request(url.href, { subject: 'model', method: 'HEAD', signal: either });
  const size = Number(response.headers.get('content-length'));
  if (!response.ok) throw unreachable('model', url.href, `the host answered ${response.status}`);
  if (!(size > 0)) throw unreachable('model', url.href, 'the host did not report its size');
  return { url: url.href, file, size, sha256: sha256.toLowerCase() };
}

/**
 * Downloads a model and checks it, resuming an earlier try. The file appears only when it is complete.
 * @returns its path, and whether it existed already
 * @throws VoiceError model-unreachable, model-corrupt, model-busy, disk-full, state-unwritable; AbortError
 */
export async function getModel(
  source: ModelSource,
  { folder, ...options }: GetOptions,
): Promise<{ path: string; already: boolean }> {
  makePrivateFolder(folder);
  const path = join(folder, source.file);
  const unlock = lockFile(`${path}.lock`);
  if (unlock === null) {
    const hint = 'Wait until that download has finished.';
    throw new VoiceError('model-busy', `${source.file} is already being downloaded.`, hint);
  }
  try {
    if (await isThere(path, source)) return { path, already: true };
    const partial = `${path}.partial`;
    const have = await sizeOf(partial);
    await requireSpace('model', [{ folder, bytes: Math.max(0, source.size - have) }]);
    await download({ ...options, subject: 'model', url: source.url, file: partial, piece: source });
    await rename(partial, path);
    return { path, already: false };
  } finally {
    unlock();
  }
}

/** A damaged one is downloaded again. */
async function isThere(path: string, { sha256 }: ModelSource): Promise<boolean> {
  try {
    await verifyModel(path, sha256);
    return true;
  } catch (error) {
    if (error instanceof VoiceError) return false;
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0; // There was no earlier try.
  }
}
