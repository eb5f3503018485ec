import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { constants, createZstdDecompress } from 'node:zlib';
import { orDiskFull } from '../download/space.ts';
import { VoiceError } from '../errors.ts';

/** scripts/sign-release.ts compresses with this window (2^27 bytes), which is also what zstd reads unasked. */
export const ZSTD_WINDOW_LOG = 27;

export interface UnpackOptions {
  /** A .zst file. */
  from: string;
  /** Path of the new file, which is flushed to the disk. */
  to: string;
  /** Of the new file's rights, e.g. 0o755. */
  mode: number;
  /** Expected size and hash. */
  size: number;
  sha256: string;
  signal: AbortSignal;
}

/** Unpacks a file, which is gone again when this fails. @throws VoiceError update-damaged, disk-full; AbortError */
export async function unpack(options: UnpackOptions): Promise<void> {
  const { to } = options;
  await rm(to, { force: true });
  try {
    await write(options);
  } catch (error) {
    await rm(to, { force: true });
    options.signal.throwIfAborted();
    throw isZstdError(error) ? damaged(options.from, error) : orDiskFull('update', error, dirname(to));
  }
}

async function write({ from, to, mode, size, sha256, signal }: UnpackOptions): Promise<void> {
  const hash = createHash('sha256');
  let written = 0;
  await using handle = await open(to, 'wx', mode);
  const unzstd = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } });
  const packed = createReadStream(from, { signal });
  packed.once('error', (error) => unzstd.destroy(error));
  try {
    for await (const block of packed.pipe(unzstd) as AsyncIterable<Buffer>) {
      written += block.length;
      if (written > size) throw damaged(from);
      hash.update(block);
      await handle.appendFile(block);
    }
  } finally {
    packed.destroy();
  }
  if (written !== size || hash.digest('hex') !== sha256) throw damaged(from);
  await handle.chmod(mode);
  await handle.sync();
}

function isZstdError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('ZSTD_') || code.startsWith('Z_');
}

function damaged(file: string, cause?: unknown): VoiceError {
  return new VoiceError(
    'update-damaged',
    `${file} does not unpack to the published file.`,
    'Nothing was changed. Try again later. If this happens again, the release itself is damaged.',
    { cause },
  );
}
