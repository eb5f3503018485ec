import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asRoot, runAsRoot } from './installer.ts';
import { startProcess, type TemporaryFolder, temporaryFolder } from './process.ts';
import { isFresh, testCache } from './test-cache.ts';

/** A Debian with its base system and nothing else, to be entered with chroot. */
export interface BareDebian extends AsyncDisposable {
  /** Its root folder, as the system outside sees it. */
  readonly root: string;
  /**
   * Runs a script of sh inside as root, with /proc, devices and terminals of its own and the network of this machine.
   * @param shared folders of this system that are seen inside, read-only
   */
  run(script: string, shared?: readonly string[]): Promise<{ status: number | null; words: string }>;
}

/** @param suite e.g. stable, testing. Made with debootstrap when this machine has none that is fresh. */
export async function bareDebian(suite: string): Promise<BareDebian> {
  const archive = await archiveOf(suite);
  const folder: TemporaryFolder = await temporaryFolder(`codex-voice-debian-`);
  const root = join(folder.path, suite);
  await mkdir(root);
  await runAsRoot('tar', '-xpf', archive, '-C', root);
  await runAsRoot('cp', '--dereference', '/etc/resolv.conf', '/etc/hosts', join(root, 'etc'));
  return {
    root,
    run: (script, shared = []) => runInside(root, script, shared),
    [Symbol.asyncDispose]: async () => {
      await runAsRoot('rm', '-rf', '--one-file-system', root);
      await folder.remove();
    },
  };
}

/** The packed tree, which is kept for the next time (25 s to make). */
async function archiveOf(suite: string): Promise<string> {
  const cache = testCache();
  const archive = join(cache, `debian-${suite}.tar`);
  if (await isFresh(archive)) return archive;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'making-'));
  try {
    const tree = join(work, 'tree');
    await runAsRoot('debootstrap', '--variant=minbase', suite, tree);
    await runAsRoot('tar', '-cpf', join(work, 'tar'), '-C', tree, '--exclude=./var/cache/apt/*.bin', '.');
    await rename(join(work, 'tar'), archive);
  } finally {
    await runAsRoot('rm', '-rf', '--one-file-system', work);
    await rm(work, { recursive: true, force: true });
  }
  return archive;
}

/** The mounts are in a namespace of their own and its processes in another: both end with the script. */
const ENTER = `
set -e
root=$1 script=$2; shift 2
mount -t proc proc "$root/proc"
mkdir -p "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
for folder; do
  mkdir -p "$root$folder"
  mount --bind "$folder" "$root$folder"
  mount -o remount,bind,ro "$root$folder"
done
exec chroot "$root" /usr/bin/env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb sh -c "$script"
`;

async function runInside(
  root: string,
  script: string,
  shared: readonly string[],
): Promise<{ status: number | null; words: string }> {
  const unshare = ['unshare', '--mount', '--pid', '--fork', '--kill-child'];
  const [program = '', ...args] = asRoot(...unshare, 'sh', '-c', ENTER, 'sh', root, script, ...shared);
  const inside = await startProcess(program, args);
  const status = await inside.exited;
  return { status, words: inside.stdout() + inside.stderr() };
}
