/**
 * node scripts/package/share.ts [--output DIR] [--program FILE]
 *
 * Makes codex-voice-VERSION-share.tar.gz, and prints its path: what lies beside the program on a Linux system or in
 * Homebrew's prefix, for package managers that take the program itself from the release.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inWorkFolder, runBuilder, runScript } from './build-step.ts';
import { epochOf, type PackageSource, packageSource } from './package-source.ts';
import { shareArchiveName } from './release-facts.ts';
import { writeFileIn, writeSystemFiles } from './system-files.ts';

/** @returns the path of the archive */
export async function makeShareArchive(source: PackageSource): Promise<string> {
  const output = join(source.output, shareArchiveName(source.version));
  await mkdir(source.output, { recursive: true });
  return inWorkFolder(async (folder) => {
    await writeSystemFiles(folder, source);
    await writeFileIn(folder, 'share/licenses/codex-voice/LICENCES', source.licences);
    const sameForAll = [
      '--sort=name',
      `--mtime=@${epochOf(source.date)}`,
      '--owner=0',
      '--group=0',
      '--numeric-owner',
    ];
    await runBuilder('tar', [...sameForAll, '-czf', output, '-C', folder, 'lib', 'share']);
    return output;
  });
}

if (import.meta.main) {
  await runScript(async () => {
    process.stdout.write(`${await makeShareArchive(await packageSource())}\n`);
  });
}
