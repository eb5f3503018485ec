/**
 * node scripts/package/deb.ts [--output DIR] [--program FILE] [--quick]
 *
 * Makes codex-voice_VERSION-1_ARCH.deb of the single file, and prints its path. Needs dpkg-deb and dpkg-shlibdeps.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inWorkFolder, runBuilder, runScript } from './build-step.ts';
import { controlFile, copyrightFile, debianChangelog } from './debian-files.ts';
import { epochOf, type PackageSource, packageSource } from './package-source.ts';
import { sharedLibraries } from './shared-libraries.ts';
import { compress, copyProgram, writeFileIn, writeSystemFiles } from './system-files.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' } as const;

/** @returns the path of the package */
export async function makeDeb(source: PackageSource): Promise<string> {
  const version = `${source.version.replace('-', '~')}-1`;
  const architecture = ARCHITECTURES[source.arch];
  const output = join(source.output, `codex-voice_${version}_${architecture}.deb`);
  await mkdir(source.output, { recursive: true });
  return inWorkFolder(async (folder) => {
    const tree = join(folder, 'tree');
    const prefix = join(tree, 'usr');
    await copyProgram(source.program, prefix);
    await writeSystemFiles(prefix, source);
    const changelog = await readFile(join(ROOT, 'CHANGELOG.md'), 'utf8');
    const documents: Record<string, string | Buffer> = {
      'doc/codex-voice/copyright': copyrightFile(source.licences),
      'doc/codex-voice/changelog.gz': compress(changelog),
      'doc/codex-voice/changelog.Debian.gz': compress(debianChangelog(changelog, version, source.date)),
      'lintian/overrides/codex-voice': await readFile(join(import.meta.dirname, 'lintian-overrides'), 'utf8'),
    };
    for (const [path, text] of Object.entries(documents))
      await writeFileIn(join(prefix, 'share'), path, text);
    const installedSize = Number.parseInt(await runBuilder('du', ['-sk', '--apparent-size', prefix]), 10);
    const depends = await sharedLibraries(source.program, source.arch);
    await writeFileIn(tree, 'DEBIAN/control', controlFile({ version, architecture, installedSize, depends }));
    await writeFileIn(
      tree,
      'DEBIAN/md5sums',
      await runBuilder('sh', ['-c', 'find usr -type f -print0 | sort -z | xargs -0 md5sum'], { cwd: tree }),
    );
    // xz needs a minute.
    const compression = source.quick ? ['-Zgzip', '-z1'] : ['-Zxz', '-z6'];
    await runBuilder('dpkg-deb', ['--root-owner-group', ...compression, '--build', tree, output], {
      env: { ...process.env, SOURCE_DATE_EPOCH: epochOf(source.date) },
    });
    return output;
  });
}

if (import.meta.main) {
  await runScript(async () => {
    process.stdout.write(`${await makeDeb(await packageSource())}\n`);
  });
}
