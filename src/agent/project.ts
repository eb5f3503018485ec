import { realpath, stat } from 'node:fs/promises';
import { VoiceError } from '../errors.ts';

/** The folder in which a session works. */
export interface Project {
  name: string;
  directory: string;
  /** The settings name this folder, so the agent need not ask whether to trust it. */
  trusted: boolean;
}

/** Returns the real path of a project's folder. @throws VoiceError directory-missing */
export async function realDirectory({ name, directory }: Project): Promise<string> {
  const problem = (cause?: unknown): VoiceError =>
    new VoiceError(
      'directory-missing',
      `The folder of the project "${name}" does not exist: ${directory}`,
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
