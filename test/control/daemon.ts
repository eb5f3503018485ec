/** A process that tries to be the daemon on a socket, and says how that went. */
import { pino } from 'pino';
import { createControlServer } from '../../src/control/server.ts';
import { reportOf } from '../../src/errors.ts';
import { handlers, openGate } from '../support/control-handlers.ts';

const path = process.argv[2] ?? '';
const logger = pino({ level: 'silent' });
try {
  await createControlServer({ path, version: 'child', handlers: handlers(), gatekeeper: openGate, logger });
  console.log('listening');
} catch (error) {
  console.log(reportOf(error).code);
}
