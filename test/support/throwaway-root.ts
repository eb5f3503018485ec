import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from './process.ts';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * Runs a shell script as root in a view of this machine whose changes are gone when it ends: an overlay on the root
 * folder, in mount and process namespaces of its own. `/mnt` is the folder `shared`; what the script changes can be
 * looked at below `/changes`.
 * @param limit ms
 * @throws Error with what the script wrote when it fails
 */
export async function inThrowawayRoot(script: string, shared: string, limit = 90_000): Promise<string> {
  const folder = temporaryFolder();
  const [inner, outer] = [join(folder, 'inner.sh'), join(folder, 'outer.sh')];
  writeFileSync(inner, `set -eu\n${script}\n`);
  writeFileSync(
    outer,
    `set -eu
mount -t tmpfs tmpfs "$1"
mkdir "$1/changes" "$1/work" "$1/root"
mount -t overlay overlay -o lowerdir=/,upperdir="$1/changes",workdir="$1/work" "$1/root"
cp "$2" "$1/changes/inner.sh"
cd "$1/root"
mkdir -p changes
mount --rbind /dev dev
mount -t proc proc proc
mount --bind "$3" mnt
mount --bind "$1/changes" changes
exec chroot . /bin/bash /inner.sh
`,
  );
  const mounts = join(folder, 'mounts');
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const unshare = [...asRoot, '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'];
  mkdirSync(mounts);
  const started = await startProcess('unshare', [...unshare, 'bash', outer, mounts, inner, shared], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8' },
  });
  const timer = setTimeout(() => started.kill('SIGKILL'), limit);
  const status = await started.exited;
  clearTimeout(timer);
  if (status !== 0)
    throw new Error(`the script ended with ${status}:\n${started.stdout()}\n${started.stderr()}`);
  return started.stdout();
}
