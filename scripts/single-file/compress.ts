import { execFile } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../../src/processes/programs.ts';
import { BuildError } from './build-error.ts';

const run = promisify(execFile);

/**
 * Compresses the file for a release: `.xz`, for Windows `.zip`, which it unpacks by itself.
 * @param base the path of the file without `.exe`
 * @returns the path of what was made
 * @throws BuildError when the program that compresses is missing
 */
export async function compress(file: string, base: string): Promise<string> {
  return process.platform === 'win32' ? zip(file, `${base}.zip`) : xz(file, `${base}.xz`);
}

async function xz(file: string, output: string): Promise<string> {
  if ((await findProgram('xz')) === null) {
    throw new BuildError(`xz is missing (package xz-utils or xz): ${file} is complete, but not compressed.`);
  }
  await rm(output, { force: true });
  // One block: two threads would make two, and the file larger. 64 MB of memory to unpack it.
  await run('xz', ['--keep', '--threads=1', '-9', '--suffix=.partial', file]);
  await rename(`${file}.partial`, output);
  return output;
}

/** Windows has bsdtar as tar.exe since version 10, and that writes zip files. */
async function zip(file: string, output: string): Promise<string> {
  await rm(output, { force: true });
  await run('tar.exe', ['-a', '-c', '-f', output, '-C', dirname(file), basename(file)]);
  return output;
}
