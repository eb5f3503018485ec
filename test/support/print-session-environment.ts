/** Prints the environment that a daemon of a service would have here, as JSON; on stderr where it was found. */
import { pino } from 'pino';
import { sessionEnvironment } from '../../src/desktop-session/environment.ts';

const found = await sessionEnvironment(process.env, pino(pino.destination(2)));
process.stdout.write(JSON.stringify(found));
