import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { VoiceError } from '../errors.ts';
import type { DaemonGlance } from './daemon-link.ts';
import { requireWritable } from './installed.ts';
import { lookForRelease } from './look.ts';
import { fetchFile, fittingFile, prepareFile } from './new-file.ts';
import type { UpdateOptions } from './options.ts';
import { recoverUpdate, remember } from './recover.ts';
import { restartDaemon } from './restart.ts';
import type { Steps } from './steps.ts';
import { discardNew, switchFiles } from './switch.ts';

interface UpdateResult {
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
  const file = fittingFile(offer, options);
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
    await prepareFile(steps, packed, file, options);
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
