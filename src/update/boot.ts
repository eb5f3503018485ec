import type { UpdateMemory } from './memory.ts';
import { settleFiles, undo } from './recover.ts';
import type { StepJournal } from './steps.ts';
import { switched } from './switch.ts';

interface BootOptions {
  journal: StepJournal;
  memory: UpdateMemory;
  /** The file that runs. */
  program: string;
}

/** A daemon that starts: of a new version it proves whether that is any good. */
export type Boot =
  | {
      state: 'goes-on';
      /** It is ready: the update is over. */
      confirm(): void;
      /** It cannot start for a reason that is not the version's: the next start is the first one again. */
      retract(): void;
    }
  /** The previous daemon died during its start. The old program is restored and must be started. */
  | { state: 'restored' };

const NOTHING = () => undefined;

/**
 * The first step of every daemon. The first daemon of a new version holds the journal's lock until it is ready; if it
 * dies earlier, the next one restores the old version.
 * @throws VoiceError state-unwritable
 */
export function bootDaemon(options: BootOptions): Boot {
  const { journal, memory, program } = options;
  const release = journal.lock();
  // Somebody watches over this start, and takes the new version back if need be.
  if (release === null) return { state: 'goes-on', confirm: NOTHING, retract: NOTHING };
  const steps = settleFiles({ journal });
  if (steps === null || steps.program !== program) {
    release();
    return { state: 'goes-on', confirm: NOTHING, retract: NOTHING };
  }
  if (steps.attempts > 0) {
    const restored = undo(steps, { journal, memory });
    release();
    return restored ? { state: 'restored' } : { state: 'goes-on', confirm: NOTHING, retract: NOTHING };
  }
  journal.write({ ...steps, attempts: steps.attempts + 1 });
  return {
    state: 'goes-on',
    confirm: () => {
      journal.clear();
      release();
    },
    retract: () => {
      switched(steps, { journal });
      release();
    },
  };
}
