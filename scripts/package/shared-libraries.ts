import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nativeSources } from '../single-file/contents.ts';
import { inWorkFolder, runBuilder } from './build-step.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * The Debian packages with the shared libraries that the program and the native files inside it are linked with, and
 * their oldest versions that will do: the symbols they use, looked up by dpkg-shlibdeps in the libraries of the
 * machine that builds. As for a control file: `libc6 (>= 2.34), libgcc-s1 (>= 3.0)`.
 * @throws BuildError
 */
export async function sharedLibraries(program: string, arch: 'x64' | 'arm64'): Promise<string> {
  const groups = await nativeSources(ROOT, `linux-${arch}`);
  const natives = groups
    .flatMap(({ files }) => Object.values(files))
    .filter((file) => /\.node$|\.so(\.\d+)*$/.test(file));
  return inWorkFolder(async (folder) => {
    await mkdir(join(folder, 'debian'));
    await writeFile(
      join(folder, 'debian/control'),
      'Source: codex-voice\n\nPackage: codex-voice\nArchitecture: any\n',
    );
    const ownFolders = [...new Set(natives.map((file) => dirname(file)))].map((path) => `-l${path}`);
    const files = [program, ...natives].map((file) => `-e${file}`);
    // Without the libraries that lie beside each other inside the file: they are in no package.
    const printed = await runBuilder(
      'dpkg-shlibdeps',
      ['-O', '--ignore-missing-info', ...ownFolders, ...files],
      {
        cwd: folder,
      },
    );
    return /^shlibs:Depends=(.+)$/m.exec(printed)?.[1] ?? 'libc6';
  });
}
