import { pino } from 'pino';
import { reportOf } from '../errors.ts';
import { type Boot, bootDaemon } from '../update/boot.ts';
import { recoverUpdate } from '../update/recover.ts';
import { formatReport } from './output.ts';
import { ownUpdate } from './own-update.ts';

/** Ends an update of this program that was cut off, unless it is still under way. Never rejects. */
export async function recoverOwnUpdate(env: NodeJS.ProcessEnv): Promise<void> {
  try {
    const own = ownUpdate(env, pino({ level: 'silent' }));
    const release = own.journal.lock();
    if (release === null) return;
    try {
      await recoverUpdate(own);
    } finally {
      release();
    }
  } catch (error) {
    process.stderr.write(`${formatReport(reportOf(error))}\n`);
  }
}

/** See bootDaemon. @throws VoiceError state-unwritable */
export function bootOwnDaemon(env: NodeJS.ProcessEnv): Boot {
  return bootDaemon(ownUpdate(env, pino({ level: 'silent' })));
}
