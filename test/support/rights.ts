import { pino } from 'pino';
import { Rights, type RightsParts } from '../../src/approvals/rights.ts';

/** The rights of the default settings, where nothing waits and nothing is read aloud, with what the test says of them. */
export function newRights(over: Partial<RightsParts> = {}): Rights {
  return new Rights({
    socketDecisions: () => 'people',
    voiceCommands: () => [],
    pending: () => [],
    aloud: { readAt: () => null, readAgain: async () => null, isReadable: () => true },
    logger: pino({ level: 'silent' }),
    ...over,
  });
}
