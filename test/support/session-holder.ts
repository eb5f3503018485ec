import { once } from 'node:events';
import { appServerSession } from '../../src/codex/create-session.ts';
import { silent } from './codex.ts';

/** A program that holds a session until it is killed: `session-holder.ts DIRECTORY SOCKET_FOLDER`. */
const [directory = '', socketFolder = ''] = process.argv.slice(2);
const session = appServerSession({
  project: { name: 'project', directory, trusted: true },
  command: 'codex',
  env: process.env,
  socketFolder,
  logger: silent,
});
await session.start();
console.log('ready');
await once(process.stdin, 'end');
