import { realpath, stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { VoiceError } from '../errors.ts';

/** The folder in which a session works. */
export interface Project {
  name: string;
  directory: string;
  /** The person named this folder in the configuration: Codex need not ask whether to trust it. */
  trusted: boolean;
}

export interface SessionOptions {
  project: Project;
  /** [codex] command: a name in PATH or a path. */
  command: string;
  /** Environment of Codex; CODEX_HOME is passed through. */
  env: NodeJS.ProcessEnv;
  /** Private folder (made 0700) for the socket, with a short path; no other session uses it. */
  socketFolder: string;
  /** Called with the id of each Codex process as it starts, before it can have started anything itself. */
  started?: (pid: number) => void;
  /** The thread to go on with. */
  resume?: string;
  logger: Logger;
  /** Of the hidden terminal; 120 x 40 where absent. */
  size?: { columns: number; rows: number };
}

/** The real path of a project's folder. @throws VoiceError directory-missing */
export async function realDirectory({ name, directory }: Project): Promise<string> {
  const problem = (cause?: unknown): VoiceError =>
    new VoiceError(
      'directory-missing',
      `The folder of the project "${name}" is not there: ${directory}`,
      'Correct its path in config.toml.',
      { cause },
    );
  try {
    if ((await stat(directory)).isDirectory()) return await realpath(directory);
  } catch (error) {
    throw problem(error);
  }
  throw problem();
}
