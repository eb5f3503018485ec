import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import project from '../../package.json' with { type: 'json' };
import { packagedFile } from '../support/packaged.ts';
import { run, type TemporaryFolder, temporaryFolder } from '../support/process.ts';
import { inThrowawayRoot } from '../support/throwaway-root.ts';

describe('the package for Fedora and openSUSE', () => {
  let folder: TemporaryFolder;
  let rpm: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const options = ['--quick', '--program', await packagedFile(), '--output', folder.path];
    rpm = (await run(process.execPath, ['scripts/package/rpm.ts', ...options])).trim();
  });
  afterAll(() => folder.remove());

  it('names what it needs, and holds a program that runs', async () => {
    const query = async (...what: string[]) => (await run('rpm', ['-qp', ...what, rpm])).trim().split('\n');
    expect(await query('--queryformat', '%{NAME} %{VERSION} %{LICENSE}')).toEqual([
      `codex-voice ${project.version} MIT`,
    ]);
    const required = (await query('--requires')).filter((name) => !name.startsWith('rpmlib('));
    expect(required).toEqual([
      expect.stringMatching(/^glibc >= 2\.\d\d$/),
      'libgcc',
      expect.stringMatching(/^libstdc/),
    ]);
    expect(await query('--recommends')).toContain(
      '(pulseaudio-utils or pipewire-utils or alsa-utils or sox)',
    );
    expect(await query('--scripts')).toEqual(['']);
    await run('sh', [
      '-c',
      'cd "$1" && rpm2cpio "$2" | cpio --extract --make-directories --quiet',
      'sh',
      folder.path,
      rpm,
    ]);
    expect(await run(join(folder.path, 'usr/bin/codex-voice'), ['version'])).toBe(`${project.version}\n`);
  });

  it('installs into a root of its own, verifies, and is erased without a trace', async () => {
    const printed = await inThrowawayRoot(
      `
mkdir /new-root
rpm() { command rpm --root /new-root "$@"; }
rpm --initdb
# The empty root has no libraries that could be asked for.
rpm --install --nodeps /mnt/*.rpm
rpm --verify --nodeps codex-voice
rpm -qf /usr/bin/codex-voice
/new-root/usr/bin/codex-voice version
rpm --erase codex-voice
find /new-root -name '*codex-voice*'
`,
      folder.path,
    );
    expect(printed).toBe(`codex-voice-${project.version}-1.x86_64\n${project.version}\n`);
  });
});
