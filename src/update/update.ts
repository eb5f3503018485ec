import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type DownloadOptions, download } from '../download/download.ts';
import { requireSpace } from '../download/space.ts';
import { VoiceError } from '../errors.ts';
import type { DaemonGlance } from './daemon-link.ts';
import { requireWritable } from './installed.ts';
import { type LookOptions, lookForRelease, type Offer } from './look.ts';
import type { ReleaseFile, ReleasePiece } from './manifest.ts';
import { type RecoverOptions, recoverUpdate, remember } from './recover.ts';
import { releaseUrl } from './release.ts';
import { restartDaemon } from './restart.ts';
import { newFileOf, type Steps } from './steps.ts';
import { discardNew, type SwitchStep, switchFiles } from './switch.ts';
import { tryOut } from './trial.ts';
import { unpack } from './unpack.ts';
import { compareVersions } from './version-order.ts';

export type UpdateStep =
  | 'found'
  | 'downloaded'
  | 'unpacking'
  | 'unpacked'
  | 'tried'
  | 'waiting'
  | 'idle'
  | SwitchStep
  | 'restarted';

export interface UpdateOptions extends LookOptions, Omit<RecoverOptions, 'memory' | 'logger' | 'onStep'> {
  /** The file that is replaced; absolute. */
  program: string;
  /** Called after each step. */
  onStep?: (step: UpdateStep) => void;
  /** Of the download: bytes so far, bytes in all. */
  onProgress?: (bytes: number, all: number) => void;
  /** How long to wait for an idle daemon, ms. Default: no limit. */
  idleMs?: number;
  /** See DownloadOptions. */
  patience?: Pick<DownloadOptions, 'stallMs' | 'retryMs'>;
}

export interface UpdateResult {
  state: 'current' | 'updated';
  from: string;
  to: string;
  /** The daemon that ran was exchanged too; false: none ran, and the next one is the new version. */
  restarted: boolean;
}

const IDLE_LOOK_MS = 500;

/**
 * Replaces the program by the newest release of its channel. Whatever happens, a program that works is there
 * afterwards; `signal` ends it until the files are switched, from then on it goes to its end.
 * @throws VoiceError update-*, disk-full; AbortError
 */
export async function update(options: UpdateOptions): Promise<UpdateResult> {
  const { journal } = options;
  const release = journal.lock();
  if (release === null) throw running();
  try {
    await recoverUpdate(options);
    return await updateLocked(options);
  } catch (error) {
    // Timers and streams throw a different error when they are aborted.
    if (error instanceof Error && error.name === 'AbortError') options.signal.throwIfAborted();
    throw error;
  } finally {
    release();
  }
}

async function updateLocked(options: UpdateOptions): Promise<UpdateResult> {
  const { version: from, onStep } = options;
  const offer = await lookForRelease(options);
  if (!offer.newer) return { state: 'current', from, to: offer.version, restarted: false };
  const file = fitting(offer, options);
  await requireWritable(options.program);
  onStep?.('found');
  const packed = await fetchFile(offer, file, options);
  onStep?.('downloaded');
  const steps: Steps = {
    version: 1,
    program: options.program,
    from,
    to: offer.version,
    step: 'preparing',
    attempts: 0,
  };
  options.journal.write(steps);
  let daemon: DaemonGlance | null;
  try {
    await prepare(steps, packed, file, options);
    daemon = await untilIdle(options);
  } catch (error) {
    discardNew(steps);
    options.journal.clear();
    throw error;
  }
  const done = switchFiles(steps, options);
  await rm(packed, { force: true });
  return { state: 'updated', from, to: offer.version, restarted: await restart(done, daemon, options) };
}

/** @throws VoiceError update-unfit when this version cannot update to that release */
function fitting(
  { version: to, file, minimum }: Offer,
  { version, key }: UpdateOptions,
): ReleaseFile & { zstd: ReleasePiece } {
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
async function fetchFile(
  offer: Offer,
  file: ReleaseFile & { zstd: ReleasePiece },
  options: UpdateOptions,
): Promise<string> {
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
async function prepare(
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

/** Waits until the daemon is idle; null: it does not run. */
async function untilIdle({ link, signal, idleMs = Number.POSITIVE_INFINITY, onStep }: UpdateOptions) {
  const late = performance.now() + idleMs;
  for (let told = false; ; ) {
    signal.throwIfAborted();
    const daemon = await link.look();
    if (daemon === null || daemon.idle) {
      onStep?.('idle');
      return daemon;
    }
    if (performance.now() > late) throw busy();
    if (!told) onStep?.('waiting');
    told = true;
    await delay(IDLE_LOOK_MS, undefined, { signal });
  }
}

async function restart(steps: Steps, daemon: DaemonGlance | null, options: UpdateOptions): Promise<boolean> {
  if (daemon === null) return false; // Its first daemon proves it; until then the journal remembers the old file.
  try {
    // It was idle a moment ago; who spoke meanwhile is heard to the end.
    while (!(await restartDaemon(steps, daemon, options))) await delay(IDLE_LOOK_MS);
  } catch (error) {
    if (error instanceof VoiceError && error.code === 'daemon-missing') return false; // Somebody has stopped it.
    remember(options, steps, 'undone', error);
    throw error;
  }
  remember(options, steps, 'installed');
  options.onStep?.('restarted');
  return true;
}

function running(): VoiceError {
  const hint = 'Wait until it has finished.';
  return new VoiceError(
    'update-running',
    'Another update is in progress, or a new version is starting.',
    hint,
  );
}

function busy(): VoiceError {
  const hint = 'Run `codex-voice update` when Codex has finished.';
  return new VoiceError(
    'update-running',
    'The update was not installed because the daemon stayed busy.',
    hint,
  );
}
