import { pino } from 'pino';
import { pathsOf } from '../../src/files/paths.ts';
import { DaemonLink } from '../../src/update/daemon-link.ts';
import { updateFolder } from '../../src/update/folder.ts';
import { UpdateMemory } from '../../src/update/memory.ts';
import { StepJournal } from '../../src/update/steps.ts';
import { update } from '../../src/update/update.ts';

/**
 * Updates the program in a process of its own, which kills itself when a step has been reached, as a power cut would:
 * `update-runner.ts OPTIONS STEP`, with the options as JSON.
 */
const [json = '', last] = process.argv.slice(2);
const { program, base, publicKey, key } = JSON.parse(json) as Record<string, string>;
if (!program || !base || !publicKey || !key) throw new Error('an option is missing');
const paths = pathsOf(process.env);
const folder = updateFolder(paths.state);
const logger = pino({ level: 'silent' });
await update({
  program,
  base,
  publicKey,
  key,
  version: '1.0.0',
  channel: 'stable',
  journal: new StepJournal(folder),
  memory: new UpdateMemory(folder, logger),
  link: new DaemonLink(paths.controlSocket),
  env: process.env,
  serviceOf: async () => null,
  signal: new AbortController().signal,
  logger,
  readyMs: 3_000,
  onStep: (step) => {
    if (step === last) process.kill(process.pid, 'SIGKILL');
  },
});
