import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { pathsOf } from '../files/paths.ts';
import { embedded } from '../single-file/embedded.ts';
import { DaemonLink } from '../update/daemon-link.ts';
import { updateFolder } from '../update/folder.ts';
import { UpdateMemory } from '../update/memory.ts';
import { PUBLIC_KEY } from '../update/public-key.ts';
import { baseUrl, platformKey } from '../update/release.ts';
import { StepJournal } from '../update/steps.ts';
import { VERSION } from '../version.ts';
import { serviceOf } from './services.ts';

/** All that the update of this very program works with, except for the user's choices. */
export function ownUpdate(env: NodeJS.ProcessEnv, logger: Logger) {
  const paths = pathsOf(env);
  const folder = updateFolder(paths.state);
  return {
    ...ownProgram(),
    version: VERSION,
    base: baseUrl(env),
    key: platformKey(),
    publicKey: PUBLIC_KEY,
    journal: new StepJournal(folder),
    memory: new UpdateMemory(folder, logger),
    link: new DaemonLink(paths.controlSocket),
    env,
    serviceOf,
    logger,
  };
}

/** The running program: the single file, or a file of a checkout. */
function ownProgram(): { packaged: boolean; program: string } {
  const packaged = embedded() !== null;
  return { packaged, program: packaged ? process.execPath : fileURLToPath(import.meta.url) };
}
