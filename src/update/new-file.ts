import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { download } from '../download/download.ts';
import { requireSpace } from '../download/space.ts';
import { VoiceError } from '../errors.ts';
import type { Offer } from './look.ts';
import type { ReleaseFile, ReleasePiece } from './manifest.ts';
import type { UpdateOptions } from './options.ts';
import { releaseUrl } from './release.ts';
import { newFileOf, type Steps } from './steps.ts';
import { tryOut } from './trial.ts';
import { unpack } from './unpack.ts';
import { compareVersions } from './version-order.ts';

/** A file of a release that is also published compressed. */
type PackedFile = ReleaseFile & { zstd: ReleasePiece };

/** Returns the file of a release for this system. @throws VoiceError update-unfit when this version cannot update to that release */
export function fittingFile(
  { version: to, file, minimum }: Offer,
  { version, key }: UpdateOptions,
): PackedFile {
  const hint = 'Install it by hand, as the README describes. Your settings and your journal are kept.';
  if (minimum !== null && compareVersions(version, minimum) < 0) {
    throw new VoiceError('update-unfit', `Only ${minimum} and later can update themselves to ${to}.`, hint);
  }
  if (file?.zstd === undefined) {
    throw new VoiceError('update-unfit', `codex-voice ${to} has no file for ${key} to update with.`, hint);
  }
  return { ...file, zstd: file.zstd };
}

/** Downloads, or finishes a download that was cut off. Returns the compressed file. */
export async function fetchFile(offer: Offer, file: PackedFile, options: UpdateOptions): Promise<string> {
  const { base, program, signal, logger, onProgress, patience } = options;
  const piece = file.zstd;
  const folder = options.journal.downloads();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const other of await readdir(folder)) {
    if (other !== piece.name) await rm(join(folder, other), { recursive: true, force: true });
  }
  const packed = join(folder, piece.name);
  await requireSpace('update', [
    { folder, bytes: Math.max(0, piece.size - (existsSync(packed) ? (await stat(packed)).size : 0)) },
    { folder: dirname(program), bytes: file.size },
  ]);
  await download({
    subject: 'update',
    url: releaseUrl(base, offer.version, piece.name),
    file: packed,
    piece,
    signal,
    logger,
    ...patience,
    ...(onProgress && { onProgress: (bytes) => onProgress(bytes, piece.size) }),
  });
  return packed;
}

/** Writes the new file beside the program and tries it there. */
export async function prepareFile(
  { program, to }: Steps,
  packed: string,
  file: ReleaseFile,
  options: UpdateOptions,
): Promise<void> {
  const { onStep, signal, env } = options;
  const target = newFileOf(program);
  onStep?.('unpacking');
  const mode = (await stat(program)).mode & 0o777;
  await unpack({ from: packed, to: target, mode, size: file.size, sha256: file.sha256, signal });
  onStep?.('unpacked');
  await tryOut({ file: target, version: to, env, signal });
  onStep?.('tried');
}
