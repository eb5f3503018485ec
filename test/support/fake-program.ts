import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { createControlServer } from '../../src/control/server.ts';
import type { DaemonStatus } from '../../src/control/status.ts';
import { pathsOf } from '../../src/files/paths.ts';
import { bootDaemon } from '../../src/update/boot.ts';
import { updateFolder } from '../../src/update/folder.ts';
import { UpdateMemory } from '../../src/update/memory.ts';
import { StepJournal } from '../../src/update/steps.ts';
import { handlers, openGate } from './control-handlers.ts';

/**
 * The daemon of the program that stands for the real one in the tests of updates: it listens on the real control socket,
 * so that an update takes seconds. Run by the small script that test/support/update-stand.ts writes, which answers
 * `version` and `doctor --quick` itself: `fake-program.ts VERSION MANNER PROGRAM`.
 */
export type Manner =
  | 'good'
  /** `doctor --quick` finds something wrong. */
  | 'unfit'
  /** It is another version than its release says. */
  | 'liar'
  /** Its daemon ends at once. */
  | 'crashes'
  /** Its daemon never gets ready. */
  | 'hangs'
  /** Its daemon never gets ready, and does not end when it is asked to. */
  | 'stubborn';

const logger = pino({ level: 'silent' });

async function daemon(version: string, manner: Manner, program: string): Promise<void> {
  const paths = pathsOf(process.env);
  const folder = updateFolder(paths.state);
  const memory = new UpdateMemory(folder, logger);
  const boot = bootDaemon({ journal: new StepJournal(folder), memory, program });
  if (boot.state === 'restored') beginAnew(program);
  if (manner === 'crashes') process.exit(1);
  if (manner === 'stubborn') process.on('SIGTERM', () => undefined);
  if (manner === 'hangs' || manner === 'stubborn') {
    setInterval(() => undefined, 1_000);
    return;
  }
  // A test says that somebody speaks.
  const busy = () => existsSync(join(dirname(program), 'busy'));
  const server = await createControlServer({
    path: paths.controlSocket,
    version,
    gatekeeper: openGate,
    logger,
    handlers: handlers({
      status: async () => status(version, !busy()),
      restart: async () => {
        if (busy()) return { restarting: false };
        setImmediate(() => void server.close().then(() => beginAnew(program)));
        return { restarting: true };
      },
      stop: async () => {
        setImmediate(() => void server.close().then(() => process.exit()));
        return {};
      },
    }),
  });
  if (boot.state === 'goes-on') boot.confirm();
}

function beginAnew(program: string): never {
  if (!process.execve) throw new Error('no execve here');
  return process.execve(program, [program, 'daemon'], process.env);
}

function status(version: string, idle: boolean): DaemonStatus {
  return {
    version,
    pid: process.pid,
    uptime_s: 1,
    stage: 'idle',
    idle,
    project: process.cwd(),
    session: { state: 'idle', thread: null, model: null, transport: 'app-server' },
    tray: { backend: 'none', state: 'off' },
    priority: { nice: 0, driver: null, engine: null, group: { kind: 'none' }, passed_over: [] },
    updates: { date: null, stale: false },
    hotkey: { backend: 'none', keys: [], state: 'off' },
    microphone: {
      backend: null,
      device: 'default',
      state: 'closed',
      source: null,
      trouble: null,
      refused: [],
    },
    transcriber: { engine: 'whisper', model: 'tiny.en', state: 'ready', pid: null },
    endpoint: { rule: 'fixed', detector: null },
    notifications: { backend: 'none', capabilities: [] },
    pending: [],
    spoken_answers: { state: 'off', voice: null },
    reviews: [],
    queue: [],
    last: null,
  };
}

const [version = '', manner = 'good', program = ''] = process.argv.slice(2);
await daemon(version, manner as Manner, program);
