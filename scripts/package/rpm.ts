/**
 * node scripts/package/rpm.ts [--output DIR] [--program FILE] [--quick]
 *
 * Makes codex-voice-VERSION-1.ARCH.rpm of the single file, and prints its path. Needs rpmbuild, and dpkg-shlibdeps to
 * learn which C library the program wants.
 */
import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inWorkFolder, runBuilder, runScript } from './build-step.ts';
import { epochOf, type PackageSource, packageSource } from './package-source.ts';
import { specFile } from './rpm-spec.ts';
import { sharedLibraries } from './shared-libraries.ts';
import { copyProgram, writeFileIn, writeSystemFiles } from './system-files.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ARCHITECTURES = { x64: 'x86_64', arm64: 'aarch64' } as const;

/** @returns the path of the package */
export async function makeRpm(source: PackageSource): Promise<string> {
  const version = source.version.replace('-', '~');
  const architecture = ARCHITECTURES[source.arch];
  const name = `codex-voice-${version}-1.${architecture}.rpm`;
  await mkdir(source.output, { recursive: true });
  return inWorkFolder(async (folder) => {
    const prefix = join(folder, 'tree', 'usr');
    await copyProgram(source.program, prefix);
    const system = await writeSystemFiles(prefix, source);
    // Where zsh looks on Fedora and openSUSE.
    const [debian, fedora] = ['share/zsh/vendor-completions', 'share/zsh/site-functions'];
    await rename(join(prefix, debian), join(prefix, fedora));
    const files = ['bin/codex-voice', ...system].map((path) => `/usr/${path.replace(debian, fedora)}`);
    await writeFileIn(prefix, 'share/licenses/codex-voice/LICENCES', source.licences);
    await mkdir(join(prefix, 'share/doc/codex-voice'), { recursive: true });
    await copyFile(join(ROOT, 'CHANGELOG.md'), join(prefix, 'share/doc/codex-voice/CHANGELOG.md'));
    const libraries = await sharedLibraries(source.program, source.arch);
    const spec = join(folder, 'codex-voice.spec');
    const { date, quick } = source;
    await writeFile(spec, specFile({ version, date, libraries, files, quick }));
    const definitions = [`_topdir ${join(folder, 'rpm')}`, `tree ${join(folder, 'tree')}`];
    await runBuilder(
      'rpmbuild',
      [
        '-bb',
        '--target',
        `${architecture}-linux`,
        ...definitions.flatMap((definition) => ['--define', definition]),
        spec,
      ],
      { env: { ...process.env, SOURCE_DATE_EPOCH: epochOf(source.date) } },
    );
    const output = join(source.output, name);
    await copyFile(join(folder, 'rpm', 'RPMS', architecture, name), output);
    return output;
  });
}

if (import.meta.main) {
  await runScript(async () => {
    process.stdout.write(`${await makeRpm(await packageSource())}\n`);
  });
}
