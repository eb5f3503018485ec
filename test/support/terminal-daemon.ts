/**
 * A daemon that has nothing but a hidden terminal, with any program in it, and the clients that look at it. Arguments:
 * the runtime folder, then the command line. Prints "ready" when clients may come.
 */
import { join } from 'node:path';
import { pino } from 'pino';
import { AttachedTerminals } from '../../src/attach/attached-terminals.ts';
import { LiveOverview } from '../../src/control/overview.ts';
import { createControlServer } from '../../src/control/server.ts';
import { terminalHandlers } from '../../src/daemon/wire/terminal-handlers.ts';
import { PtyTerminal } from '../../src/terminal/pty-terminal.ts';
import { handlers, openGate } from './control-handlers.ts';

const [runtime = '', program = '', ...args] = process.argv.slice(2);
const logger = pino({ level: 'silent' });
const terminal = new PtyTerminal(logger);
const terminals = new AttachedTerminals(
  () => ({
    current: { name: 'backend' },
    called: (name) => ({ name }),
    watch: () => () => undefined,
    session: async () => ({ terminal }),
  }),
  new LiveOverview(),
);
await createControlServer({
  path: join(runtime, 'codex-voice', 'control.sock'),
  version: 'test',
  gatekeeper: openGate,
  handlers: handlers(terminalHandlers(terminals, () => undefined)),
  logger,
});
await terminal.load();
terminal.start({ program, args, directory: '/', env: process.env }, () => process.exit(0));
console.log('ready');
