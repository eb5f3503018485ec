import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../../src/processes/programs.ts';
import { BuildError } from '../single-file/build-error.ts';

/**
 * Runs a program and returns its output.
 * @throws BuildError when it is missing, or with its last words when it fails
 */
export async function runBuilder(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; stdin?: string } = {},
): Promise<string> {
  if (!isAbsolute(command) && (await findProgram(command)) === null)
    throw new BuildError(`${command} is missing: install it, then try again.`);
  try {
    const { stdout } = await promisify(execFile)(command, [...args], { ...options, maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new BuildError(`${command} failed: ${stderr.trim().split('\n').slice(-10).join('\n') || message}`);
  }
}

/** Runs work with a temporary folder. */
export async function inWorkFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'codex-voice-package-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs the main function of a script. A BuildError is printed as a sentence without a stack. */
export async function runScript(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
