import { existsSync } from 'node:fs';
import type { DaemonGlance } from './daemon-link.ts';
import type { UpdateMemory } from './memory.ts';
import { type RestartOptions, restartDaemon } from './restart.ts';
import { newFileOf, type StepJournal, type Steps } from './steps.ts';
import { discardNew, isInPlace, restoreFiles, type SwitchOptions, switched } from './switch.ts';

export interface RecoverOptions extends RestartOptions {
  memory: UpdateMemory;
  /** False: the output of this process is not read, and the next daemon reports the result. Default: true. */
  watched?: boolean;
}

/**
 * Ends an update that was cut off: a power cut, a kill. Whoever calls it holds the lock of the journal.
 * @throws VoiceError update-undone when the new version was tried and did not work
 */
export async function recoverUpdate(options: RecoverOptions): Promise<void> {
  const steps = settleFiles(options);
  if (steps === null) return;
  const daemon = await options.link.look();
  if (daemon === null) {
    if (steps.attempts > 0) undo(steps, options);
    return; // The first daemon of the new version shows whether it works.
  }
  if (daemon.version === steps.from) await beginAnew(steps, daemon, options);
  else if (daemon.ready) options.journal.clear();
}

async function beginAnew(steps: Steps, daemon: DaemonGlance, options: RecoverOptions): Promise<void> {
  if (!daemon.idle) return; // The next one who comes by finds it idle.
  try {
    if (await restartDaemon(steps, daemon, options)) remember(options, steps, 'installed');
  } catch (error) {
    remember(options, steps, 'undone', error);
    throw error;
  }
}

/**
 * Repairs the files after an interruption at any step.
 * @returns the step when the new program is in place but has not proved itself yet; otherwise null
 */
export function settleFiles(options: SwitchOptions): Steps | null {
  const { journal } = options;
  const steps = journal.read();
  switch (steps?.step) {
    case undefined:
      return null;
    case 'preparing':
      return giveUp(steps, journal);
    case 'switching':
      if (!existsSync(steps.program)) restoreFiles(steps, options);
      else if (existsSync(newFileOf(steps.program))) return giveUp(steps, journal);
      else if (isInPlace(steps)) return switched(steps, options);
      else journal.clear();
      return null;
    case 'restoring':
      restoreFiles(steps, options);
      return null;
    case 'switched':
      if (isInPlace(steps)) return steps;
      journal.clear(); // Somebody has installed another file since.
      return null;
  }
}

/** Puts the old file back after a daemon of the new one has died at its start. */
export function undo(steps: Steps, options: SwitchOptions & { memory: UpdateMemory }): boolean {
  const restored = restoreFiles(steps, options);
  remember({ ...options, watched: false }, steps, 'undone', 'Its daemon ended before it was ready.');
  return restored;
}

/** Notes how an update ended: a version that did not work is not installed again unasked. */
export function remember(
  { memory, watched = true }: Pick<RecoverOptions, 'memory' | 'watched'>,
  { to }: Steps,
  result: 'installed' | 'undone',
  why: unknown = '',
): void {
  const reason = why instanceof Error ? why.message : String(why);
  memory.change({ outcome: { version: to, result, reason, told: watched } });
}

function giveUp(steps: Steps, journal: StepJournal): null {
  discardNew(steps);
  journal.clear();
  return null;
}
