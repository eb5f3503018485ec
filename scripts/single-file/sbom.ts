import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { BuildError } from './build-error.ts';

/**
 * Writes the bill of materials of what is shipped (CycloneDX), as npm knows it.
 * @returns its path
 * @throws BuildError when npm cannot make it
 */
export async function writeSbom(root: string, file: string): Promise<string> {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev'];
  try {
    const { stdout } = await promisify(execFile)('npm', args, {
      cwd: root,
      maxBuffer: 1 << 26,
      shell: process.platform === 'win32', // There npm is a command file.
    });
    await writeFile(file, stdout);
  } catch (error) {
    const reason = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new BuildError(`npm could not make the bill of materials (npm ${args.join(' ')}): ${reason}`);
  }
  return file;
}
